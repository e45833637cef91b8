-- Apps whose people may connect them from a device without a browser (RFC 8628, ADR 108). None can unless its owner says so.
ALTER TABLE "oauth_apps" ADD COLUMN "device_flow" BOOLEAN NOT NULL DEFAULT false;
