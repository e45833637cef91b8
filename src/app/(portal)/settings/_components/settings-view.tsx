import { PageHeader } from "../../_components/page-header";
import { ConnectedAppsSection } from "../_connections/connected-apps-section";
import { AppearanceSection } from "./appearance-section";
import { DeleteOrganizationSection } from "./delete-organization-section";
import { NotificationsSection } from "./notifications-section";
import { OrganizationSection } from "./organization-section";
import { DataSection } from "./privacy/data-section";
import { EraseAccountSection } from "./privacy/erase-account-section";
import { OrganizationDataSection, YourDataSection } from "./privacy/exports-section";
import { ProfileSection } from "./profile-section";
import { ProviderKeysSection } from "./provider-keys-section";
import { CompanySignInSection } from "./security/company-sign-in-section";
import { FactorPolicySection } from "./security/factor-policy-section";
import { PasskeysSection } from "./security/passkeys-section";
import { PasswordSection } from "./security/password-section";
import { SecondFactorSection } from "./security/second-factor-section";
import { SessionsSection } from "./security/sessions-section";
import { SignInsSection } from "./security/sign-ins-section";
import { SettingsIndex } from "./settings-index";

export function SettingsView() {
  return (
    <>
      <PageHeader title="Settings">Your account and your organization.</PageHeader>
      <SettingsIndex />
      <div className="grid divide-y border-t [&>section]:py-8">
        <ProfileSection />
        <PasswordSection />
        <SecondFactorSection />
        <PasskeysSection />
        <SessionsSection />
        <SignInsSection />
        <ConnectedAppsSection />
        <NotificationsSection />
        <AppearanceSection />
        <YourDataSection />
        <EraseAccountSection />
        <OrganizationSection />
        <FactorPolicySection />
        <CompanySignInSection />
        <ProviderKeysSection />
        <DataSection />
        <OrganizationDataSection />
        <DeleteOrganizationSection />
      </div>
    </>
  );
}
