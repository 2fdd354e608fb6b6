// Around every page: the application's name, its menu, and whether it is live.

import {
  ActionIcon,
  AppShell,
  Burger,
  NavLink,
  useComputedColorScheme,
  useMantineColorScheme,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { MouseEvent, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { ApplicationInfo, PageLink } from "../model/page.ts";
import { MoonIcon, pageIcon, SunIcon } from "../ui/icons.tsx";
import { addressOf, navigate } from "./address.ts";
import { ConnectionBadge } from "./connection_badge.tsx";
import classes from "./shell.module.css";

export interface ShellProps {
  readonly app: ApplicationInfo | undefined;
  readonly pages: readonly PageLink[];
  /** The page that is shown. */
  readonly pageId: string | undefined;
  readonly children: ReactNode;
}

export function Shell({ app, pages, pageId, children }: ShellProps) {
  const { t } = useTranslation();
  const [isOpen, { toggle, close }] = useDisclosure(false);
  const listed = pages.filter((page) => page.menu !== false);
  const hasMenu = listed.length > 1;
  const name = app?.title ?? app?.name ?? "";

  const pathTo = ({ id, path }: PageLink) => (id === app?.startPage ? undefined : path);
  const follow = (event: MouseEvent, path: string | undefined) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    close();
    void navigate(path);
  };
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{
        width: 232,
        breakpoint: "md",
        collapsed: { mobile: !isOpen || !hasMenu, desktop: !hasMenu },
      }}
      padding={{ base: "md", sm: "lg" }}
      withBorder={false}
    >
      <a className="torque-skip" href="#main">
        {t("shell.skip")}
      </a>
      <AppShell.Header>
        <div className={classes["header"]}>
          {hasMenu && (
            <Burger
              opened={isOpen}
              onClick={toggle}
              hiddenFrom="md"
              size="sm"
              aria-expanded={isOpen}
              aria-label={isOpen ? t("shell.closeMenu") : t("shell.openMenu")}
            />
          )}
          <a
            className={classes["name"]}
            href={addressOf(undefined)}
            {...(name ? {} : { "aria-label": t("page.toStart") })}
            onClick={(event) => follow(event, undefined)}
          >
            <span className={classes["mark"]} aria-hidden="true">
              {(name.trim()[0] ?? "T").toUpperCase()}
            </span>
            <span>{name}</span>
          </a>
          <ConnectionBadge />
          <ColorSchemeSwitch />
        </div>
      </AppShell.Header>
      {hasMenu && (
        <AppShell.Navbar className={classes["navbar"] ?? ""} aria-label={t("shell.navigation")}>
          {listed.map((page) => {
            const { id, name: label, icon } = page;
            const Icon = pageIcon(icon);
            const isCurrent = id === (pageId ?? app?.startPage);
            return (
              <NavLink
                key={id}
                className={classes["link"] ?? ""}
                href={addressOf(pathTo(page))}
                label={label}
                leftSection={<Icon />}
                active={isCurrent}
                {...(isCurrent ? { "aria-current": "page" as const } : {})}
                onClick={(event) => follow(event, pathTo(page))}
              />
            );
          })}
        </AppShell.Navbar>
      )}
      <AppShell.Main id="main" tabIndex={-1}>
        <div className={classes["main"]}>{children}</div>
      </AppShell.Main>
    </AppShell>
  );
}

function ColorSchemeSwitch() {
  const { t } = useTranslation();
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme("light");
  return (
    <ActionIcon
      size="lg"
      color="ink"
      aria-label={scheme === "dark" ? t("shell.toLight") : t("shell.toDark")}
      onClick={() => setColorScheme(scheme === "dark" ? "light" : "dark")}
    >
      {scheme === "dark" ? <SunIcon /> : <MoonIcon />}
    </ActionIcon>
  );
}
