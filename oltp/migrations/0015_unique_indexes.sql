-- Keys of what happens, by the thousand a day, become indexes by themselves: just as unique, and a load into an empty
-- table can make one after its rows without locking readers out, which adding a constraint would.
ALTER TABLE oltp.viewing_sessions DROP CONSTRAINT viewing_sessions_natural_key;
CREATE UNIQUE INDEX viewing_sessions_natural_key ON oltp.viewing_sessions (source, session_id);
ALTER TABLE oltp.episode_viewing DROP CONSTRAINT episode_viewing_natural_key;
CREATE UNIQUE INDEX episode_viewing_natural_key ON oltp.episode_viewing (source, episode_viewing_id);
ALTER TABLE oltp.playback_attempts DROP CONSTRAINT playback_attempts_natural_key;
CREATE UNIQUE INDEX playback_attempts_natural_key ON oltp.playback_attempts (source, attempt_id);
ALTER TABLE oltp.playback_attempts DROP CONSTRAINT playback_attempts_once;
CREATE UNIQUE INDEX playback_attempts_once ON oltp.playback_attempts (session_key);
ALTER TABLE oltp.ratings DROP CONSTRAINT ratings_natural_key;
CREATE UNIQUE INDEX ratings_natural_key ON oltp.ratings (source, rating_id);
ALTER TABLE oltp.ratings DROP CONSTRAINT ratings_once;
CREATE UNIQUE INDEX ratings_once ON oltp.ratings (user_key, content_key);
ALTER TABLE oltp.watchlist DROP CONSTRAINT watchlist_natural_key;
CREATE UNIQUE INDEX watchlist_natural_key ON oltp.watchlist (source, watchlist_id);
ALTER TABLE oltp.watchlist DROP CONSTRAINT watchlist_once;
CREATE UNIQUE INDEX watchlist_once ON oltp.watchlist (user_key, content_key);
ALTER TABLE oltp.subscription_events DROP CONSTRAINT subscription_events_natural_key;
CREATE UNIQUE INDEX subscription_events_natural_key ON oltp.subscription_events (source, subscription_event_id);
ALTER TABLE oltp.search_queries DROP CONSTRAINT search_queries_natural_key;
CREATE UNIQUE INDEX search_queries_natural_key ON oltp.search_queries (source, search_id);
