import type { Metadata } from "next";
import { PageHeader } from "../_components/page-header";
import { AppearanceSection } from "./_components/appearance-section";
import { DeleteOrganizationSection } from "./_components/delete-organization-section";
import { NotificationsSection } from "./_components/notifications-section";
import { OrganizationSection } from "./_components/organization-section";
import { PasswordSection } from "./_components/password-section";
import { ProfileSection } from "./_components/profile-section";
import { SessionsSection } from "./_components/sessions-section";

export const metadata: Metadata = { title: "Settings" };

export default function SettingsPage() {
  return (
    <>
      <PageHeader title="Settings">Your account and your organization.</PageHeader>
      <div className="grid divide-y border-t [&>section]:py-8">
        <ProfileSection />
        <PasswordSection />
        <SessionsSection />
        <NotificationsSection />
        <AppearanceSection />
        <OrganizationSection />
        <DeleteOrganizationSection />
      </div>
    </>
  );
}
