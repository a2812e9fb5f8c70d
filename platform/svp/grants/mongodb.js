// MongoDB 6.0 and later: for mongosh, run by an administrator of accounts. Write a password, in quotes, in place of
// each <password of …>. Accounts are made in the database admin, where connections look for them.

// The owner makes collections, validators and indexes.
db.getSiblingDB("admin").runCommand({"createUser": "$owner", "pwd": <password of $owner>, "roles": [{"role": "readWrite", "db": "$mongo"}, {"role": "dbAdmin", "db": "$mongo"}]});

// The loader writes documents: readWrite could drop collections, so it has a role of its own.
db.getSiblingDB("$mongo").runCommand({"createRole": "$loader", "privileges": [{"resource": {"db": "$mongo", "collection": ""}, "actions": ["find", "insert", "update", "remove", "listCollections", "listIndexes"]}], "roles": []});
db.getSiblingDB("admin").runCommand({"createUser": "$loader", "pwd": <password of $loader>, "roles": [{"role": "$loader", "db": "$mongo"}]});

// The refresher reads totals to compare. The reader has no business here.
db.getSiblingDB("admin").runCommand({"createUser": "$refresher", "pwd": <password of $refresher>, "roles": [{"role": "read", "db": "$mongo"}]});
