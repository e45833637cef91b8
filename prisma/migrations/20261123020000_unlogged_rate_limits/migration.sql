-- Counters of the last minutes are worth neither a disk write per call nor a place in backups: after a crash of the
-- database they start at zero. Pages keep room, so that counting up stays within one page.
ALTER TABLE "rate_limit_buckets" SET UNLOGGED;
ALTER TABLE "rate_limit_buckets" SET (fillfactor = 50);
