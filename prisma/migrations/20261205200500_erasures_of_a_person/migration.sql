-- The personal organizations that were erased with a person.
CREATE INDEX CONCURRENTLY "erasures_of_a_person" ON "erasures" ("personal_of") WHERE "personal_of" IS NOT NULL;
