REPLACE INTO application_category (application, category_key)
VALUES
('CHILD', 1),
('BHD', 2),
('BHD_RES', 2),
('DANET', 2),
('FIMS', 2),
('FIMS_RES', 2),
('MOVIE', 2),
('VOD', 2),
('VOD_RES', 2),
('RELAX', 3),
('SPORT', 4),
('CHANNEL', 5),
('DSHD', 5),
('KPLUS', 5),
('KPlus', 5)
