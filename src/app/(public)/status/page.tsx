import type { Metadata } from "next";
import { connection } from "next/server";
import { getPlatformStatus } from "@/server/platform-status";
import { StatusView } from "./_components/status-view";

export const metadata: Metadata = {
  title: "Status",
  description: "What works right now, the last 90 days, incidents and maintenance.",
  alternates: { types: { "application/atom+xml": "/api/status/feed" } },
};

export default async function StatusPage() {
  await connection();
  return <StatusView status={await getPlatformStatus()} />;
}
