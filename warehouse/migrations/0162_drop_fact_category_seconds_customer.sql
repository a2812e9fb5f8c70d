-- Each new day has rows of most customers, so it would change every page of the index, however long the history is.
ALTER TABLE fact_category_seconds DROP KEY fact_category_seconds_customer
