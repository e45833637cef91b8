"use client";

import { ErrorView } from "./_components/error-view";

export default function AppError({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <main id="content" className="mx-auto grid min-h-dvh max-w-prose place-content-center p-5">
      <ErrorView error={error} retry={retry} />
    </main>
  );
}
