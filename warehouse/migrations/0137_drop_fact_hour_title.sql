-- Nothing looks for the hours of a title; fact_watch has the same titles on the same days, under an index of its own.
ALTER TABLE fact_hour DROP KEY fact_hour_title
