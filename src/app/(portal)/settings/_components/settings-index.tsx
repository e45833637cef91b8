/** By the URL's fragment, in the order of the page. */
const groups = [
  {
    title: "Your account",
    sections: {
      profile: "Profile",
      password: "Password",
      security: "Two-factor sign-in",
      passkeys: "Passkeys",
      sessions: "Sessions",
      "sign-ins": "Sign-in history",
      "connected-apps": "Connected apps",
      notifications: "Notifications",
      appearance: "Appearance",
      "your-data": "Your data",
      "erase-account": "Erase account",
    },
  },
  {
    title: "Organization",
    sections: {
      organization: "Organization",
      "sign-in-policy": "Two-factor for everyone",
      "company-sign-in": "Company sign-in",
      "provider-keys": "Provider keys",
      data: "Data",
      "organization-data": "Organization data",
      "delete-organization": "Delete organization",
    },
  },
] as const;

/** Links to each section of a long page, and says whose settings it has. */
export function SettingsIndex() {
  return (
    <nav aria-label="Settings" className="mb-8 grid gap-x-8 gap-y-4 rounded-lg border bg-surface p-4">
      {groups.map(({ title, sections }) => (
        <div key={title} className="grid gap-x-8 gap-y-1 sm:grid-cols-[7rem_minmax(0,1fr)]">
          <p className="font-medium">{title}</p>
          <ul className="flex flex-wrap gap-x-4">
            {Object.entries(sections).map(([id, name]) => (
              <li key={id}>
                <a
                  href={`#${id}`}
                  className="inline-block rounded-sm py-0.5 text-muted underline-offset-4 hover:text-ink hover:underline"
                >
                  {name}
                </a>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}
