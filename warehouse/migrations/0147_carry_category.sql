-- As in the marts, names beside keys spare a join for each row of a mart that a report joins with the dimension.
ALTER TABLE dim_title
    ADD COLUMN category varchar(16) NOT NULL DEFAULT 'Unknown' COMMENT 'dim_category.category'
