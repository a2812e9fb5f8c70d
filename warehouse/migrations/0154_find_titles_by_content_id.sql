-- The same of titles.
ALTER TABLE dim_title ADD KEY dim_title_content_id (content_id)
