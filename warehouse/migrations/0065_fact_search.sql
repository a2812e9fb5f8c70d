CREATE TABLE IF NOT EXISTS fact_search (
    date_key int NOT NULL COMMENT 'dim_date.date_key of the day of the searches',
    searches int NOT NULL COMMENT 'Searches, count',
    known_result_searches int NOT NULL COMMENT 'Searches whose results were counted, count',
    zero_result_searches int NOT NULL COMMENT 'Searches that found nothing, count',
    clicked_searches int NOT NULL COMMENT 'Searches of which a result was clicked, count',
    played_searches int NOT NULL COMMENT 'Searches whose user started the clicked title within 30 minutes, count',
    untimed_searches int NOT NULL COMMENT 'Searches that only a session with a date and no time can have followed, count',
    PRIMARY KEY (date_key)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'One row per UTC day with searches; from PostgreSQL'
