CREATE TABLE IF NOT EXISTS published_mark (
    mark varchar(32) NOT NULL COMMENT 'users or titles, as in ops.mark',
    version bigint NOT NULL COMMENT 'ops.mark.version that the dimension holds',
    published_at DATETIME(6) NOT NULL COMMENT 'When the dimension was published last, UTC',
    PRIMARY KEY (mark)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'One row per dimension exported whole when its mark rises'
