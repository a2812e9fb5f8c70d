// health.js: make the replica set of one if it is not there; healthy when it takes writes.
const admin = db.getSiblingDB("admin");
admin.auth("admin", process.env.MONGO_INITDB_ROOT_PASSWORD);

try {
  rs.status();
} catch (error) {
  if (error.codeName !== "NotYetInitialized") throw error;
  rs.initiate({ _id: "svp", members: [{ _id: 0, host: "127.0.0.1:27017" }] });
}

quit(admin.hello().isWritablePrimary ? 0 : 1);
