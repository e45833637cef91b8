import { cn } from "../cn";

interface AppLogoProps {
  app: { name: string; logo_url: string | null };
  className?: string;
}

/** An app's logo, or its first letter. Its name always stands beside it, so it says nothing to a screen reader. */
export function AppLogo({ app, className }: AppLogoProps) {
  const shape = cn("size-10 shrink-0 rounded-lg border bg-surface", className);
  if (app.logo_url !== null) {
    // biome-ignore lint/performance/noImgElement: a small PNG that our own server made; there is nothing to optimize.
    return <img src={app.logo_url} alt="" width={40} height={40} className={cn(shape, "object-contain")} />;
  }
  return (
    <span aria-hidden="true" className={cn(shape, "grid place-items-center font-semibold text-muted")}>
      {[...app.name][0]?.toUpperCase()}
    </span>
  );
}
