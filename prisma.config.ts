import { defineConfig } from "prisma/config";

// `prisma generate|validate|format` need no engine of Prisma's own download: any executable satisfies the look-up.
process.env["PRISMA_SCHEMA_ENGINE_BINARY"] ??= process.execPath;

export default defineConfig({
  schema: "prisma/schema.prisma",
  migrations: { path: "prisma/migrations" },
  datasource: { url: process.env["DATABASE_URL"] ?? "postgresql://localhost:5432/agathaai" },
});
