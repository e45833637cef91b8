"use client";

import { Breadcrumbs } from "../../../_components/breadcrumbs";
import { PageHeader } from "../../../_components/page-header";
import { ArchiveSection } from "./archive-section";
import { ResidencySection } from "./residency-section";
import { RetentionSection } from "./retention-section";
import { StorageSection } from "./storage-section";

export function DataSettings() {
  return (
    <>
      <Breadcrumbs parents={[{ href: "/settings", label: "Settings" }]} here="Data" />
      <PageHeader title="Data">
        What your organization keeps of its requests, for how long, and where prompts may go.
      </PageHeader>
      <div className="grid grid-cols-1 divide-y border-t [&>section]:py-8">
        <RetentionSection />
        <ArchiveSection />
        <StorageSection />
        <ResidencySection />
      </div>
    </>
  );
}
