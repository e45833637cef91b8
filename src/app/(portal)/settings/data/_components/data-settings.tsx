"use client";

import { Breadcrumbs } from "../../../_components/breadcrumbs";
import { PageHeader } from "../../../_components/page-header";
import { ArchiveSection } from "./archive-section";
import { ConsentsSection } from "./consents-section";
import { HipaaSection } from "./hipaa-section";
import { ResidencySection } from "./residency-section";
import { RetentionSection } from "./retention-section";
import { StorageSection } from "./storage-section";
import { SubProcessorsSection } from "./sub-processors-section";

export function DataSettings() {
  return (
    <>
      <Breadcrumbs parents={[{ href: "/settings", label: "Settings" }]} here="Data" />
      <PageHeader title="Data">
        What your organization keeps of its requests, where prompts may go, and what you agreed to.
      </PageHeader>
      <div className="grid grid-cols-1 divide-y border-t [&>section]:py-8">
        <RetentionSection />
        <ArchiveSection />
        <StorageSection />
        <ResidencySection />
        <HipaaSection />
        <SubProcessorsSection />
        <ConsentsSection />
      </div>
    </>
  );
}
