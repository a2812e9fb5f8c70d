CREATE TABLE IF NOT EXISTS stg_search (
    day date NOT NULL COMMENT 'UTC day',
    searches int NOT NULL COMMENT 'Searches, count',
    known_result_searches int NOT NULL COMMENT 'Searches whose results were counted, count',
    zero_result_searches int NOT NULL COMMENT 'Searches that found nothing, count',
    clicked_searches int NOT NULL COMMENT 'Searches of which a result was clicked, count',
    played_searches int NOT NULL COMMENT 'Searches whose user started the clicked title within 30 minutes, count',
    untimed_searches int NOT NULL COMMENT 'Searches that only a session with a date and no time can have followed, count',
    KEY stg_search_day (day)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'Staging: rows of fact_search, as exported'
