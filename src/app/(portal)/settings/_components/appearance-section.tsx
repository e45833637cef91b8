"use client";

import { useTheme } from "@/components/theme/use-theme";
import { ChoiceCard } from "@/components/ui/fields/choice-card";
import { SettingsSection } from "./settings-section";

const options = [
  { theme: "system", title: "System", text: "Follows your device" },
  { theme: "light", title: "Light", text: "Ink on warm paper" },
  { theme: "dark", title: "Dark", text: "For the late hours" },
] as const;

export function AppearanceSection() {
  const [theme, choose] = useTheme();
  return (
    <SettingsSection id="appearance" title="Appearance" description="Saved in this browser.">
      <fieldset className="grid max-w-xl gap-2 sm:grid-cols-3">
        <legend className="sr-only">Theme</legend>
        {options.map((option) => (
          <ChoiceCard
            key={option.theme}
            name="appearance"
            title={option.title}
            checked={theme === option.theme}
            onChoose={() => choose(option.theme)}
          >
            {option.text}
          </ChoiceCard>
        ))}
      </fieldset>
    </SettingsSection>
  );
}
