"use client";

import { ErrorView } from "../_components/error-view";

export default function PortalError({ error, retry }: { error: unknown; retry: () => void }) {
  return <ErrorView error={error} retry={retry} />;
}
