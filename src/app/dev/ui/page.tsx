import { env } from "@agathaai/core/platform/env";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Gallery } from "./_components/gallery";

export const metadata: Metadata = { title: "Components", robots: { index: false } };

/** All components on one page, while developing. */
export default function ComponentsPage() {
  if (env().NODE_ENV !== "development") notFound();
  return <Gallery />;
}
