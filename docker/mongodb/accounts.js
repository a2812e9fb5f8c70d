// accounts.js: the account that svp works with, made by the image when the volume is new.
db.getSiblingDB("admin").createUser({
  user: "svp",
  pwd: process.env.SVP_PASSWORD,
  roles: ["readWriteAnyDatabase", "dbAdminAnyDatabase", "clusterMonitor"],
});
