-- Devices, attempts to play, and the cast of a title.
ALTER TABLE oltp.content ADD COLUMN actors text[] NOT NULL DEFAULT '{}';

CREATE TABLE oltp.devices (
    device_key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL,
    device_id text NOT NULL,
    user_key bigint NOT NULL REFERENCES oltp.users (user_key),
    device_type text NOT NULL,
    platform text,
    added_on date,
    quality_flags text[] NOT NULL DEFAULT '{}',
    row_hash uuid NOT NULL,
    load_id bigint NOT NULL REFERENCES ops.load (load_id),
    CONSTRAINT devices_natural_key UNIQUE (source, device_id)
);
CREATE INDEX devices_user ON oltp.devices (user_key);

CREATE TABLE oltp.playback_attempts (
    attempt_key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL,
    attempt_id text NOT NULL,
    user_key bigint NOT NULL REFERENCES oltp.users (user_key),
    content_key bigint NOT NULL REFERENCES oltp.content (content_key),
    session_key bigint REFERENCES oltp.viewing_sessions (session_key),
    device_key bigint REFERENCES oltp.devices (device_key),
    attempted_at timestamptz NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('played', 'failed', 'abandoned')),
    startup_milliseconds integer CHECK (startup_milliseconds >= 0),
    stall_count integer CHECK (stall_count >= 0),
    stall_milliseconds integer CHECK (stall_milliseconds >= 0),
    bitrate_change_count integer CHECK (bitrate_change_count >= 0),
    error_code text,
    quality_flags text[] NOT NULL DEFAULT '{}',
    row_hash uuid NOT NULL,
    load_id bigint NOT NULL REFERENCES ops.load (load_id),
    CONSTRAINT playback_attempts_natural_key UNIQUE (source, attempt_id),
    CONSTRAINT playback_attempts_once UNIQUE (session_key),
    CONSTRAINT playback_attempts_outcome CHECK ((outcome = 'played') = (session_key IS NOT NULL))
);
CREATE INDEX playback_attempts_user ON oltp.playback_attempts (user_key, attempted_at);
CREATE INDEX playback_attempts_content ON oltp.playback_attempts (content_key, attempted_at);
CREATE INDEX playback_attempts_device ON oltp.playback_attempts (device_key);
CREATE INDEX playback_attempts_attempted_at ON oltp.playback_attempts (attempted_at);
CREATE INDEX playback_attempts_load ON oltp.playback_attempts (load_id);

COMMENT ON COLUMN oltp.content.actors IS 'The cast, the main actor first; may be empty';

COMMENT ON TABLE oltp.devices IS 'One row per device of a user';
COMMENT ON COLUMN oltp.devices.device_key IS 'Key';
COMMENT ON COLUMN oltp.devices.source IS 'First half of the natural key: the kind of file or a name that was given';
COMMENT ON COLUMN oltp.devices.device_id IS 'The source''s id, compared by bytes';
COMMENT ON COLUMN oltp.devices.user_key IS 'oltp.users';
COMMENT ON COLUMN oltp.devices.device_type IS 'Kind of device';
COMMENT ON COLUMN oltp.devices.platform IS 'Operating system or app';
COMMENT ON COLUMN oltp.devices.added_on IS 'Day it signed in first, UTC';
COMMENT ON COLUMN oltp.devices.quality_flags IS 'Codes of remarks: stored as it came, but look twice';
COMMENT ON COLUMN oltp.devices.row_hash IS 'MD5 of the source columns; tells a changed row from an unchanged one';
COMMENT ON COLUMN oltp.devices.load_id IS 'ops.load that wrote this row last';

COMMENT ON TABLE oltp.playback_attempts IS
'One row per time a viewer pressed play, whether or not a frame was shown';
COMMENT ON COLUMN oltp.playback_attempts.attempt_key IS 'Key';
COMMENT ON COLUMN oltp.playback_attempts.source IS
'First half of the natural key: the kind of file or a name that was given';
COMMENT ON COLUMN oltp.playback_attempts.attempt_id IS 'The source''s id, compared by bytes';
COMMENT ON COLUMN oltp.playback_attempts.user_key IS 'oltp.users';
COMMENT ON COLUMN oltp.playback_attempts.content_key IS 'oltp.content';
COMMENT ON COLUMN oltp.playback_attempts.session_key IS
'oltp.viewing_sessions: the play it became; null when no frame was shown';
COMMENT ON COLUMN oltp.playback_attempts.device_key IS 'oltp.devices; null if unknown';
COMMENT ON COLUMN oltp.playback_attempts.attempted_at IS 'Instant at which play was pressed';
COMMENT ON COLUMN oltp.playback_attempts.outcome IS
'played: a frame was shown; failed: an error came before it; abandoned: the viewer left before it';
COMMENT ON COLUMN oltp.playback_attempts.startup_milliseconds IS
'From pressing play to the first frame, the error or the exit, milliseconds';
COMMENT ON COLUMN oltp.playback_attempts.stall_count IS 'Interruptions for buffering';
COMMENT ON COLUMN oltp.playback_attempts.stall_milliseconds IS
'Time stalled after the first frame, milliseconds';
COMMENT ON COLUMN oltp.playback_attempts.bitrate_change_count IS 'Changes of bit rate';
COMMENT ON COLUMN oltp.playback_attempts.error_code IS 'The player''s error; null when there was none';
COMMENT ON COLUMN oltp.playback_attempts.quality_flags IS
'Codes of remarks: stored as it came, but look twice';
COMMENT ON COLUMN oltp.playback_attempts.row_hash IS
'MD5 of the source columns; tells a changed row from an unchanged one';
COMMENT ON COLUMN oltp.playback_attempts.load_id IS 'ops.load that wrote this row last';
