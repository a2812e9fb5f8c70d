#!/usr/bin/env bash
# accounts.sh: the account that svp works with, made by the image when the volume is new.

case "$SVP_PASSWORD" in
  *[!A-Za-z0-9_-]*)
    echo "SVP_PASSWORD may hold letters, digits, - and _ only" >&2
    exit 1
    ;;
esac

MYSQL_PWD="$MYSQL_ROOT_PASSWORD" mysql --user=root <<SQL
CREATE USER 'svp'@'%' IDENTIFIED BY '$SVP_PASSWORD';
GRANT ALL PRIVILEGES ON \`svp%\`.* TO 'svp'@'%' WITH GRANT OPTION;
GRANT CREATE USER, PROCESS, SET_ANY_DEFINER ON *.* TO 'svp'@'%';
SQL
