-- Extracts by day look for what the day before left to them: few sessions, of all that started on it.
CREATE INDEX viewing_sessions_over_midnight ON oltp.viewing_sessions (started_on) WHERE next_day_seconds > 0;
