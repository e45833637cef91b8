ALTER TABLE "oauth_apps" VALIDATE CONSTRAINT "oauth_apps_redirect_uris";
