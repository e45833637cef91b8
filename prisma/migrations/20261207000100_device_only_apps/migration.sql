-- An app that is connected from devices alone (RFC 8628) has no redirect URI; every other one has.
ALTER TABLE "oauth_apps" DROP CONSTRAINT "oauth_apps_redirect_uris";
ALTER TABLE "oauth_apps" ADD CONSTRAINT "oauth_apps_redirect_uris"
  CHECK (cardinality("redirect_uris") <= 10 AND (cardinality("redirect_uris") > 0 OR "device_flow")) NOT VALID;
