-- stage.sql: rows of one file on their way into oltp.content, as the contract left them.
-- grain: one row per accepted row of the file
CREATE TEMPORARY TABLE stage (
    line bigint NOT NULL,
    content_id text,
    title text,
    content_type text,
    genres jsonb,
    release_year smallint,
    released_on date,
    added_on date,
    maturity_rating text,
    rating_average numeric,
    view_count bigint,
    production_budget bigint,
    language text,
    is_original boolean,
    director text,
    main_actor text,
    actors jsonb,
    available_countries jsonb,
    description text,
    duration_minutes integer,
    season_count smallint,
    episodes_per_season jsonb,
    average_episode_minutes integer,
    quality_flags text
) ON COMMIT DROP;
