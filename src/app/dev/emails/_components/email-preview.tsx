import Link from "next/link";
import { ThemeSwitch } from "@/components/theme/theme-switch";

interface EmailPreviewProps {
  names: readonly string[];
  shown: string;
  subject: string;
  html: string;
  text: string;
}

/** The list of emails, and the chosen one as HTML and as text. */
export function EmailPreview({ names, shown, subject, html, text }: EmailPreviewProps) {
  return (
    <main
      id="content"
      tabIndex={-1}
      className="mx-auto grid max-w-portal gap-8 px-4 py-10 outline-none sm:px-8 md:grid-cols-[14rem_minmax(0,1fr)]"
    >
      <nav aria-label="Emails">
        <h1 className="mb-4 font-semibold text-2xl tracking-tight">Emails</h1>
        <ul className="grid gap-1 max-md:max-h-44 max-md:overflow-y-auto max-md:rounded-lg max-md:border max-md:p-1">
          {names.map((name) => (
            <li key={name}>
              <Link
                href={`/dev/emails?email=${encodeURIComponent(name)}`}
                aria-current={name === shown ? "page" : undefined}
                className="block rounded-lg px-2 py-1 text-muted hover:bg-sunken hover:text-ink aria-[current=page]:bg-sunken aria-[current=page]:text-ink"
              >
                {name}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <div className="grid min-w-0 content-start gap-6">
        <div className="flex items-center justify-between gap-4">
          <h2 className="font-semibold text-lg">{subject}</h2>
          <ThemeSwitch />
        </div>
        <iframe
          sandbox=""
          title={`${shown}, HTML`}
          srcDoc={html}
          className="h-[40rem] w-full rounded-lg border"
        />
        <pre className="wrap-anywhere whitespace-pre-wrap rounded-lg border bg-surface p-4 text-[13px]">
          {text}
        </pre>
      </div>
    </main>
  );
}
