import { expect, type Page, test } from "@playwright/test";
import { checkPage } from "../support/check-page";
import { signInAsCustomer } from "../support/customer";
import { onDatabase } from "../support/database";
import { signInAsOperator } from "../support/operator-login";

// Each page is looked at four times over.
test.describe.configure({ timeout: 180_000 });

/** As if the week of the entries of before had been moved: what the job writes last. It stays: nobody can delete it. */
test.beforeAll(async () => {
  await onDatabase((client) =>
    client.query(
      `INSERT INTO audit_moved_weeks (partition, source, since, until, objects, rows, digest, moved_at)
       VALUES ('audit_logs_2025w36', 'audit_logs', '2025-09-01T00:00:00Z', '2025-09-08T00:00:00Z', 1, 1, ''::bytea, now())
       ON CONFLICT DO NOTHING`,
    ),
  );
});

const shots = async (page: Page, path: (name: string) => string) => {
  for (const [width, scheme] of [
    [1440, "light"],
    [390, "dark"],
  ] as const) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme: scheme });
    await page.screenshot({ path: path(`${width}-${scheme}.png`), fullPage: true });
  }
  await page.setViewportSize({ width: 1440, height: 900 });
};

test("below the last entry, the log says where the archive begins and how to read it, and not in a period that is listed whole", async ({
  page,
}, info) => {
  await signInAsCustomer(page);
  await page.goto("/audit");
  const note = page.getByText("Entries from before September 8, 2025 (UTC) are in the archive");
  await expect(note).toBeVisible();
  await expect(note).toContainText("choose their dates above and export them");
  await checkPage(page);
  await shots(page, (name) => info.outputPath(`audit-${name}`));
  await page.goto("/audit?time=24h");
  await expect(page.getByRole("button", { name: /^auth\.registered/ })).toBeVisible();
  await expect(note).toHaveCount(0);
});

test("the console’s log and both reports say how far back they reach", async ({ page }, info) => {
  await signInAsOperator(page);
  for (const [path, name] of [
    ["/admin/audit", "log"],
    ["/admin/reports", "sign-ins"],
    ["/admin/reports?report=admin", "admin"],
  ] as const) {
    await page.goto(path);
    const more = page.getByRole("button", { name: "Show more" });
    const note = page.getByText("This reaches back to September 8, 2025 (UTC).");
    await expect(more.or(note).first()).toBeVisible();
    while (await more.isVisible()) {
      await more.click();
      await expect(more.or(note).first()).toBeEnabled();
    }
    await expect(note).toBeVisible();
    await expect(note).toContainText("its owners export them");
    await checkPage(page);
    await shots(page, (file) => info.outputPath(`${name}-${file}`));
  }
});
