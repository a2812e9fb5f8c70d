-- Schema oltp: people, titles, sessions, ratings, subscriptions, searches.
-- Natural keys are (source, the source's id as text); surrogate keys end in _key.
CREATE SCHEMA oltp;
COMMENT ON SCHEMA oltp IS 'The streaming service: what happened, in third normal form';

CREATE TABLE oltp.users (
    user_key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL,
    user_id text NOT NULL,
    full_name text,
    age smallint CHECK (age BETWEEN 0 AND 150),
    country text,
    plan text,
    registered_on date NOT NULL,
    contract_code text,
    payment_method text,
    preferred_device text,
    is_active boolean,
    lifetime_watch_hours numeric(12, 2) CHECK (lifetime_watch_hours >= 0),
    quality_flags text[] NOT NULL DEFAULT '{}',
    row_hash uuid NOT NULL,
    load_id bigint NOT NULL REFERENCES ops.load (load_id),
    CONSTRAINT users_natural_key UNIQUE (source, user_id)
);
CREATE INDEX users_load ON oltp.users (load_id);

CREATE TABLE oltp.content (
    content_key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL,
    content_id text NOT NULL,
    title text NOT NULL,
    content_type text NOT NULL CHECK (
        content_type IN ('movie', 'series', 'documentary', 'kids', 'sport', 'live')
    ),
    release_year smallint CHECK (release_year BETWEEN 1870 AND 2200),
    released_on date,
    added_on date,
    maturity_rating text,
    rating_average numeric(4, 2) CHECK (rating_average BETWEEN 0 AND 10),
    view_count bigint CHECK (view_count >= 0),
    production_budget bigint CHECK (production_budget >= 0),
    language text,
    is_original boolean,
    director text,
    main_actor text,
    available_countries text[] NOT NULL DEFAULT '{}',
    description text,
    quality_flags text[] NOT NULL DEFAULT '{}',
    row_hash uuid NOT NULL,
    load_id bigint NOT NULL REFERENCES ops.load (load_id),
    CONSTRAINT content_natural_key UNIQUE (source, content_id)
);
CREATE INDEX content_load ON oltp.content (load_id);

CREATE TABLE oltp.movie_details (
    content_key bigint PRIMARY KEY REFERENCES oltp.content (content_key) ON DELETE CASCADE,
    duration_minutes integer CHECK (duration_minutes > 0)
);

CREATE TABLE oltp.series_details (
    content_key bigint PRIMARY KEY REFERENCES oltp.content (content_key) ON DELETE CASCADE,
    season_count smallint CHECK (season_count >= 0),
    episodes_per_season smallint[],
    average_episode_minutes integer CHECK (average_episode_minutes > 0)
);

CREATE TABLE oltp.genres (
    genre_key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    genre text NOT NULL CONSTRAINT genres_natural_key UNIQUE
);

CREATE TABLE oltp.content_genres (
    content_key bigint NOT NULL REFERENCES oltp.content (content_key) ON DELETE CASCADE,
    genre_key bigint NOT NULL REFERENCES oltp.genres (genre_key),
    position smallint NOT NULL CHECK (position > 0),
    PRIMARY KEY (content_key, genre_key)
);
CREATE INDEX content_genres_genre ON oltp.content_genres (genre_key);

CREATE TABLE oltp.episodes (
    episode_key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL,
    episode_id text NOT NULL,
    content_key bigint NOT NULL REFERENCES oltp.content (content_key),
    season_number smallint NOT NULL CHECK (season_number >= 0),
    episode_number smallint NOT NULL CHECK (episode_number >= 0),
    title text,
    duration_minutes integer CHECK (duration_minutes > 0),
    released_on date,
    quality_flags text[] NOT NULL DEFAULT '{}',
    row_hash uuid NOT NULL,
    load_id bigint NOT NULL REFERENCES ops.load (load_id),
    CONSTRAINT episodes_natural_key UNIQUE (source, episode_id)
);
CREATE INDEX episodes_content ON oltp.episodes (content_key, season_number, episode_number);

CREATE TABLE oltp.viewing_sessions (
    session_key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL,
    session_id text NOT NULL,
    user_key bigint NOT NULL REFERENCES oltp.users (user_key),
    content_key bigint NOT NULL REFERENCES oltp.content (content_key),
    started_on date NOT NULL,
    started_at timestamptz,
    ended_at timestamptz,
    watch_seconds integer NOT NULL CHECK (watch_seconds >= 0),
    next_day_seconds integer NOT NULL DEFAULT 0 CHECK (
        next_day_seconds BETWEEN 0 AND watch_seconds
    ),
    completion_percent numeric(7, 2),
    is_complete boolean,
    completion_source text CHECK (completion_source IN ('source', 'length')),
    device_type text,
    quality text,
    platform text,
    stall_count integer CHECK (stall_count >= 0),
    average_bitrate_kbps integer CHECK (average_bitrate_kbps >= 0),
    quality_flags text[] NOT NULL DEFAULT '{}',
    row_hash uuid NOT NULL,
    load_id bigint NOT NULL REFERENCES ops.load (load_id),
    CONSTRAINT viewing_sessions_natural_key UNIQUE (source, session_id),
    CONSTRAINT viewing_sessions_order CHECK (ended_at >= started_at)
);
CREATE INDEX viewing_sessions_day ON oltp.viewing_sessions (started_on);
CREATE INDEX viewing_sessions_user ON oltp.viewing_sessions (user_key, started_on);
CREATE INDEX viewing_sessions_content ON oltp.viewing_sessions (content_key, started_on);
CREATE INDEX viewing_sessions_load ON oltp.viewing_sessions (load_id);

CREATE TABLE oltp.episode_viewing (
    episode_viewing_key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL,
    episode_viewing_id text NOT NULL,
    session_key bigint NOT NULL REFERENCES oltp.viewing_sessions (session_key),
    episode_key bigint NOT NULL REFERENCES oltp.episodes (episode_key),
    watch_seconds integer NOT NULL CHECK (watch_seconds >= 0),
    is_complete boolean,
    quality_flags text[] NOT NULL DEFAULT '{}',
    row_hash uuid NOT NULL,
    load_id bigint NOT NULL REFERENCES ops.load (load_id),
    CONSTRAINT episode_viewing_natural_key UNIQUE (source, episode_viewing_id)
);
CREATE INDEX episode_viewing_session ON oltp.episode_viewing (session_key);
CREATE INDEX episode_viewing_episode ON oltp.episode_viewing (episode_key);

CREATE TABLE oltp.ratings (
    rating_key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL,
    rating_id text NOT NULL,
    user_key bigint NOT NULL REFERENCES oltp.users (user_key),
    content_key bigint NOT NULL REFERENCES oltp.content (content_key),
    stars smallint NOT NULL CHECK (stars BETWEEN 1 AND 5),
    review text,
    helpful_count integer CHECK (helpful_count >= 0),
    rated_at timestamptz NOT NULL,
    quality_flags text[] NOT NULL DEFAULT '{}',
    row_hash uuid NOT NULL,
    load_id bigint NOT NULL REFERENCES ops.load (load_id),
    CONSTRAINT ratings_natural_key UNIQUE (source, rating_id),
    CONSTRAINT ratings_once UNIQUE (user_key, content_key)
);
CREATE INDEX ratings_content ON oltp.ratings (content_key);
CREATE INDEX ratings_rated_at ON oltp.ratings (rated_at);

CREATE TABLE oltp.watchlist (
    watchlist_key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL,
    watchlist_id text NOT NULL,
    user_key bigint NOT NULL REFERENCES oltp.users (user_key),
    content_key bigint NOT NULL REFERENCES oltp.content (content_key),
    added_at timestamptz NOT NULL,
    watched_at timestamptz,
    quality_flags text[] NOT NULL DEFAULT '{}',
    row_hash uuid NOT NULL,
    load_id bigint NOT NULL REFERENCES ops.load (load_id),
    CONSTRAINT watchlist_natural_key UNIQUE (source, watchlist_id),
    CONSTRAINT watchlist_once UNIQUE (user_key, content_key)
);
CREATE INDEX watchlist_content ON oltp.watchlist (content_key);

CREATE TABLE oltp.subscription_events (
    subscription_event_key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL,
    subscription_event_id text NOT NULL,
    user_key bigint NOT NULL REFERENCES oltp.users (user_key),
    event_type text NOT NULL CHECK (
        event_type IN (
            'trial', 'start', 'renewal', 'upgrade', 'downgrade',
            'payment_failed', 'cancellation', 'return'
        )
    ),
    previous_plan text,
    new_plan text,
    amount_minor bigint CHECK (amount_minor >= 0),
    currency text CHECK (currency ~ '^[A-Z]{3}$'),
    occurred_at timestamptz NOT NULL,
    quality_flags text[] NOT NULL DEFAULT '{}',
    row_hash uuid NOT NULL,
    load_id bigint NOT NULL REFERENCES ops.load (load_id),
    CONSTRAINT subscription_events_natural_key UNIQUE (source, subscription_event_id),
    CONSTRAINT subscription_events_money CHECK ((amount_minor IS NULL) = (currency IS NULL))
);
CREATE INDEX subscription_events_user ON oltp.subscription_events (user_key, occurred_at);

CREATE TABLE oltp.search_queries (
    search_key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL,
    search_id text NOT NULL,
    user_key bigint NOT NULL REFERENCES oltp.users (user_key),
    query_text text NOT NULL,
    result_count integer CHECK (result_count >= 0),
    clicked_content_key bigint REFERENCES oltp.content (content_key),
    filters jsonb,
    searched_at timestamptz NOT NULL,
    quality_flags text[] NOT NULL DEFAULT '{}',
    row_hash uuid NOT NULL,
    load_id bigint NOT NULL REFERENCES ops.load (load_id),
    CONSTRAINT search_queries_natural_key UNIQUE (source, search_id)
);
CREATE INDEX search_queries_user ON oltp.search_queries (user_key, searched_at);
CREATE INDEX search_queries_clicked ON oltp.search_queries (clicked_content_key);

COMMENT ON TABLE oltp.users IS 'One row per user of the apps';
COMMENT ON COLUMN oltp.users.user_key IS 'Key';
COMMENT ON COLUMN oltp.users.source IS 'First half of the natural key: the kind of file or a name that was given';
COMMENT ON COLUMN oltp.users.user_id IS 'The source''s id, compared by bytes';
COMMENT ON COLUMN oltp.users.full_name IS 'Name as shown';
COMMENT ON COLUMN oltp.users.age IS 'Age in years, at registration or as the source says';
COMMENT ON COLUMN oltp.users.country IS 'Country of residence, English name';
COMMENT ON COLUMN oltp.users.plan IS 'Current subscription plan';
COMMENT ON COLUMN oltp.users.registered_on IS 'Sign-up day';
COMMENT ON COLUMN oltp.users.contract_code IS 'Set-top-box contract of the household; null when there is none';
COMMENT ON COLUMN oltp.users.payment_method IS 'Method of the current subscription';
COMMENT ON COLUMN oltp.users.preferred_device IS 'Device used most, as the source says';
COMMENT ON COLUMN oltp.users.is_active IS 'Whether the account is in use, as the source says';
COMMENT ON COLUMN oltp.users.lifetime_watch_hours IS 'The source''s lifetime figure, hours; never reconciled with sessions';
COMMENT ON COLUMN oltp.users.quality_flags IS 'Codes of remarks: stored as it came, but look twice';
COMMENT ON COLUMN oltp.users.row_hash IS 'MD5 of the source columns; tells a changed row from an unchanged one';
COMMENT ON COLUMN oltp.users.load_id IS 'ops.load that wrote this row last';

COMMENT ON TABLE oltp.content IS 'One row per title: a film, a series, a channel';
COMMENT ON COLUMN oltp.content.content_key IS 'Key';
COMMENT ON COLUMN oltp.content.source IS 'First half of the natural key: the kind of file or a name that was given';
COMMENT ON COLUMN oltp.content.content_id IS 'The source''s id, compared by bytes';
COMMENT ON COLUMN oltp.content.title IS 'Title; not a key, titles repeat';
COMMENT ON COLUMN oltp.content.content_type IS 'movie, series, documentary, kids, sport or live';
COMMENT ON COLUMN oltp.content.release_year IS 'Year of first release';
COMMENT ON COLUMN oltp.content.released_on IS 'Day of first release here';
COMMENT ON COLUMN oltp.content.added_on IS 'Day it joined the catalogue';
COMMENT ON COLUMN oltp.content.maturity_rating IS 'Age rating as the source writes it';
COMMENT ON COLUMN oltp.content.rating_average IS 'The catalogue''s own average rating';
COMMENT ON COLUMN oltp.content.view_count IS 'The source''s lifetime count of views; never reconciled with sessions';
COMMENT ON COLUMN oltp.content.production_budget IS 'Budget in whole units of the source''s currency';
COMMENT ON COLUMN oltp.content.language IS 'Original language, ISO 639-1';
COMMENT ON COLUMN oltp.content.is_original IS 'Made by the service itself';
COMMENT ON COLUMN oltp.content.director IS 'Director';
COMMENT ON COLUMN oltp.content.main_actor IS 'First name of the cast';
COMMENT ON COLUMN oltp.content.available_countries IS 'Countries where it may be played; empty for everywhere';
COMMENT ON COLUMN oltp.content.description IS 'One paragraph';
COMMENT ON COLUMN oltp.content.quality_flags IS 'Codes of remarks: stored as it came, but look twice';
COMMENT ON COLUMN oltp.content.row_hash IS 'MD5 of the source columns; tells a changed row from an unchanged one';
COMMENT ON COLUMN oltp.content.load_id IS 'ops.load that wrote this row last';

COMMENT ON TABLE oltp.movie_details IS 'One row per title of a single film';
COMMENT ON COLUMN oltp.movie_details.content_key IS 'oltp.content';
COMMENT ON COLUMN oltp.movie_details.duration_minutes IS 'Length, minutes';

COMMENT ON TABLE oltp.series_details IS 'One row per title with episodes';
COMMENT ON COLUMN oltp.series_details.content_key IS 'oltp.content';
COMMENT ON COLUMN oltp.series_details.season_count IS 'Number of seasons';
COMMENT ON COLUMN oltp.series_details.episodes_per_season IS 'Episodes of each season, first season first';
COMMENT ON COLUMN oltp.series_details.average_episode_minutes IS 'Mean length of an episode, minutes';

COMMENT ON TABLE oltp.genres IS 'One row per genre';
COMMENT ON COLUMN oltp.genres.genre_key IS 'Key';
COMMENT ON COLUMN oltp.genres.genre IS 'Name';

COMMENT ON TABLE oltp.content_genres IS 'Bridge: one row per title and genre';
COMMENT ON COLUMN oltp.content_genres.content_key IS 'oltp.content';
COMMENT ON COLUMN oltp.content_genres.genre_key IS 'oltp.genres';
COMMENT ON COLUMN oltp.content_genres.position IS 'Order in which the source names it, from 1';

COMMENT ON TABLE oltp.episodes IS 'One row per episode of a series';
COMMENT ON COLUMN oltp.episodes.episode_key IS 'Key';
COMMENT ON COLUMN oltp.episodes.source IS 'First half of the natural key: the kind of file or a name that was given';
COMMENT ON COLUMN oltp.episodes.episode_id IS 'The source''s id, compared by bytes';
COMMENT ON COLUMN oltp.episodes.content_key IS 'oltp.content of the series';
COMMENT ON COLUMN oltp.episodes.season_number IS 'Season, from 1; 0 for specials';
COMMENT ON COLUMN oltp.episodes.episode_number IS 'Number within the season, from 1';
COMMENT ON COLUMN oltp.episodes.title IS 'Title of the episode';
COMMENT ON COLUMN oltp.episodes.duration_minutes IS 'Length, minutes';
COMMENT ON COLUMN oltp.episodes.released_on IS 'Day of release';
COMMENT ON COLUMN oltp.episodes.quality_flags IS 'Codes of remarks: stored as it came, but look twice';
COMMENT ON COLUMN oltp.episodes.row_hash IS 'MD5 of the source columns; tells a changed row from an unchanged one';
COMMENT ON COLUMN oltp.episodes.load_id IS 'ops.load that wrote this row last';

COMMENT ON TABLE oltp.viewing_sessions IS 'One row per play: a session whose first frame was shown';
COMMENT ON COLUMN oltp.viewing_sessions.session_key IS 'Key';
COMMENT ON COLUMN oltp.viewing_sessions.source IS 'First half of the natural key: the kind of file or a name that was given';
COMMENT ON COLUMN oltp.viewing_sessions.session_id IS 'The source''s id, compared by bytes';
COMMENT ON COLUMN oltp.viewing_sessions.user_key IS 'oltp.users';
COMMENT ON COLUMN oltp.viewing_sessions.content_key IS 'oltp.content';
COMMENT ON COLUMN oltp.viewing_sessions.started_on IS 'Day the play started, UTC; a play counts on this day';
COMMENT ON COLUMN oltp.viewing_sessions.started_at IS 'Instant of the start; null when the source has a date only';
COMMENT ON COLUMN oltp.viewing_sessions.ended_at IS 'Instant of the end; null when the source has none';
COMMENT ON COLUMN oltp.viewing_sessions.watch_seconds IS 'Playing time, seconds, without stalls and pauses';
COMMENT ON COLUMN oltp.viewing_sessions.next_day_seconds IS 'Part of watch_seconds played after the midnight';
COMMENT ON COLUMN oltp.viewing_sessions.completion_percent IS 'Completion as the source gives it, percent';
COMMENT ON COLUMN oltp.viewing_sessions.is_complete IS 'Played for nine tenths, by completion_percent or length; null if unknown';
COMMENT ON COLUMN oltp.viewing_sessions.completion_source IS 'What is_complete was taken from: source or length';
COMMENT ON COLUMN oltp.viewing_sessions.device_type IS 'Kind of device';
COMMENT ON COLUMN oltp.viewing_sessions.quality IS 'Picture quality: SD, HD, 4K';
COMMENT ON COLUMN oltp.viewing_sessions.platform IS 'Operating system or app';
COMMENT ON COLUMN oltp.viewing_sessions.stall_count IS 'Interruptions for buffering';
COMMENT ON COLUMN oltp.viewing_sessions.average_bitrate_kbps IS 'Mean bit rate, kilobits a second';
COMMENT ON COLUMN oltp.viewing_sessions.quality_flags IS 'Codes of remarks: stored as it came, but look twice';
COMMENT ON COLUMN oltp.viewing_sessions.row_hash IS 'MD5 of the source columns; tells a changed row from an unchanged one';
COMMENT ON COLUMN oltp.viewing_sessions.load_id IS 'ops.load that wrote this row last';

COMMENT ON TABLE oltp.episode_viewing IS 'One row per episode watched in a session';
COMMENT ON COLUMN oltp.episode_viewing.episode_viewing_key IS 'Key';
COMMENT ON COLUMN oltp.episode_viewing.source IS 'First half of the natural key: the kind of file or a name that was given';
COMMENT ON COLUMN oltp.episode_viewing.episode_viewing_id IS 'The source''s id, compared by bytes';
COMMENT ON COLUMN oltp.episode_viewing.session_key IS 'oltp.viewing_sessions';
COMMENT ON COLUMN oltp.episode_viewing.episode_key IS 'oltp.episodes';
COMMENT ON COLUMN oltp.episode_viewing.watch_seconds IS 'Playing time of the episode, seconds';
COMMENT ON COLUMN oltp.episode_viewing.is_complete IS 'Played at least 90 %';
COMMENT ON COLUMN oltp.episode_viewing.quality_flags IS 'Codes of remarks: stored as it came, but look twice';
COMMENT ON COLUMN oltp.episode_viewing.row_hash IS 'MD5 of the source columns; tells a changed row from an unchanged one';
COMMENT ON COLUMN oltp.episode_viewing.load_id IS 'ops.load that wrote this row last';

COMMENT ON TABLE oltp.ratings IS 'One row per user and title rated';
COMMENT ON COLUMN oltp.ratings.rating_key IS 'Key';
COMMENT ON COLUMN oltp.ratings.source IS 'First half of the natural key: the kind of file or a name that was given';
COMMENT ON COLUMN oltp.ratings.rating_id IS 'The source''s id, compared by bytes';
COMMENT ON COLUMN oltp.ratings.user_key IS 'oltp.users';
COMMENT ON COLUMN oltp.ratings.content_key IS 'oltp.content';
COMMENT ON COLUMN oltp.ratings.stars IS '1 to 5';
COMMENT ON COLUMN oltp.ratings.review IS 'Text of the review';
COMMENT ON COLUMN oltp.ratings.helpful_count IS 'Others who found it helpful';
COMMENT ON COLUMN oltp.ratings.rated_at IS 'Instant of the rating';
COMMENT ON COLUMN oltp.ratings.quality_flags IS 'Codes of remarks: stored as it came, but look twice';
COMMENT ON COLUMN oltp.ratings.row_hash IS 'MD5 of the source columns; tells a changed row from an unchanged one';
COMMENT ON COLUMN oltp.ratings.load_id IS 'ops.load that wrote this row last';

COMMENT ON TABLE oltp.watchlist IS 'One row per user and title put on the list';
COMMENT ON COLUMN oltp.watchlist.watchlist_key IS 'Key';
COMMENT ON COLUMN oltp.watchlist.source IS 'First half of the natural key: the kind of file or a name that was given';
COMMENT ON COLUMN oltp.watchlist.watchlist_id IS 'The source''s id, compared by bytes';
COMMENT ON COLUMN oltp.watchlist.user_key IS 'oltp.users';
COMMENT ON COLUMN oltp.watchlist.content_key IS 'oltp.content';
COMMENT ON COLUMN oltp.watchlist.added_at IS 'Instant it was added';
COMMENT ON COLUMN oltp.watchlist.watched_at IS 'Instant it was played; null if not yet';
COMMENT ON COLUMN oltp.watchlist.quality_flags IS 'Codes of remarks: stored as it came, but look twice';
COMMENT ON COLUMN oltp.watchlist.row_hash IS 'MD5 of the source columns; tells a changed row from an unchanged one';
COMMENT ON COLUMN oltp.watchlist.load_id IS 'ops.load that wrote this row last';

COMMENT ON TABLE oltp.subscription_events IS 'One row per change of a subscription';
COMMENT ON COLUMN oltp.subscription_events.subscription_event_key IS 'Key';
COMMENT ON COLUMN oltp.subscription_events.source IS 'First half of the natural key: the kind of file or a name that was given';
COMMENT ON COLUMN oltp.subscription_events.subscription_event_id IS 'The source''s id, compared by bytes';
COMMENT ON COLUMN oltp.subscription_events.user_key IS 'oltp.users';
COMMENT ON COLUMN oltp.subscription_events.event_type IS 'What happened';
COMMENT ON COLUMN oltp.subscription_events.previous_plan IS 'Plan before; null at the start';
COMMENT ON COLUMN oltp.subscription_events.new_plan IS 'Plan after; null at the end';
COMMENT ON COLUMN oltp.subscription_events.amount_minor IS 'Money charged, minor units of the currency';
COMMENT ON COLUMN oltp.subscription_events.currency IS 'ISO 4217';
COMMENT ON COLUMN oltp.subscription_events.occurred_at IS 'Instant of the event';
COMMENT ON COLUMN oltp.subscription_events.quality_flags IS 'Codes of remarks: stored as it came, but look twice';
COMMENT ON COLUMN oltp.subscription_events.row_hash IS 'MD5 of the source columns; tells a changed row from an unchanged one';
COMMENT ON COLUMN oltp.subscription_events.load_id IS 'ops.load that wrote this row last';

COMMENT ON TABLE oltp.search_queries IS 'One row per search';
COMMENT ON COLUMN oltp.search_queries.search_key IS 'Key';
COMMENT ON COLUMN oltp.search_queries.source IS 'First half of the natural key: the kind of file or a name that was given';
COMMENT ON COLUMN oltp.search_queries.search_id IS 'The source''s id, compared by bytes';
COMMENT ON COLUMN oltp.search_queries.user_key IS 'oltp.users';
COMMENT ON COLUMN oltp.search_queries.query_text IS 'What was typed';
COMMENT ON COLUMN oltp.search_queries.result_count IS 'Titles found';
COMMENT ON COLUMN oltp.search_queries.clicked_content_key IS 'oltp.content that was clicked; null for none';
COMMENT ON COLUMN oltp.search_queries.filters IS 'Filters that were set';
COMMENT ON COLUMN oltp.search_queries.searched_at IS 'Instant of the search';
COMMENT ON COLUMN oltp.search_queries.quality_flags IS 'Codes of remarks: stored as it came, but look twice';
COMMENT ON COLUMN oltp.search_queries.row_hash IS 'MD5 of the source columns; tells a changed row from an unchanged one';
COMMENT ON COLUMN oltp.search_queries.load_id IS 'ops.load that wrote this row last';
