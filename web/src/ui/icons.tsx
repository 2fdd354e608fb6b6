// The icons Torque draws, on a 24-unit square, in the colour of the text.
//
// Decoration only: whatever they stand in has its own name for screen readers.

interface IconProps {
  readonly size?: number;
}

function icon(...paths: readonly string[]) {
  return function Icon({ size = 18 }: IconProps) {
    return (
      <svg
        width={size}
        height={size}
        viewBox="0 0 24 24"
        fill="none"
        stroke="currentColor"
        strokeWidth={1.75}
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
        focusable="false"
      >
        {paths.map((path) => (
          <path key={path} d={path} />
        ))}
      </svg>
    );
  };
}

export const AlertIcon = icon("M12 8v5", "M12 16.5v.01", "M12 3l9.5 17h-19z");
export const BracesIcon = icon(
  "M9 4H8a2 2 0 0 0-2 2v4l-2 2 2 2v4a2 2 0 0 0 2 2h1",
  "M15 4h1a2 2 0 0 1 2 2v4l2 2-2 2v4a2 2 0 0 1-2 2h-1",
);
export const CheckIcon = icon("M5 12.5l4.5 4.5L19 7.5");
export const ChevronLeftIcon = icon("M14.5 6l-6 6 6 6");
export const ChevronRightIcon = icon("M9.5 6l6 6-6 6");
export const CloseIcon = icon("M6 6l12 12", "M18 6L6 18");
export const DotsIcon = icon("M12 5.5v.01", "M12 12v.01", "M12 18.5v.01");
export const ExternalIcon = icon("M14 4h6v6", "M20 4l-9 9", "M18 14v5H5V6h5");
export const FilterIcon = icon("M4 5h16l-6.5 7.5V19l-3-1.5v-5z");
export const InboxIcon = icon("M4 13l2.5-8h11L20 13v6H4z", "M4 13h4.5l1.5 2.5h4l1.5-2.5H20");
export const LinkIcon = icon(
  "M10 14a4 4 0 0 0 5.7 0l3.2-3.2a4 4 0 0 0-5.7-5.7L12 6.3",
  "M14 10a4 4 0 0 0-5.7 0l-3.2 3.2a4 4 0 0 0 5.7 5.7l1.2-1.2",
);
export const LockIcon = icon("M6 11h12v9H6z", "M8.5 11V8a3.5 3.5 0 0 1 7 0v3");
export const MoonIcon = icon("M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z");
export const PencilIcon = icon("M4 20l1-4L16.5 4.5l3 3L8 19z", "M14 7l3 3");
export const PlusIcon = icon("M12 5v14", "M5 12h14");
export const SearchIcon = icon(
  "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13z",
  "M15.5 15.5L20 20",
);
export const SortAscendingIcon = icon("M12 19V6", "M7 11l5-5 5 5");
export const SortDescendingIcon = icon("M12 5v13", "M7 13l5 5 5-5");
export const SortNoneIcon = icon("M8 9.5l4-4 4 4", "M8 14.5l4 4 4-4");
export const SunIcon = icon(
  "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8z",
  "M12 2.5v2",
  "M12 19.5v2",
  "M2.5 12h2",
  "M19.5 12h2",
  "M5.3 5.3l1.4 1.4",
  "M17.3 17.3l1.4 1.4",
  "M5.3 18.7l1.4-1.4",
  "M17.3 6.7l1.4-1.4",
);
export const TrashIcon = icon(
  "M4.5 7h15",
  "M9.5 7V4.5h5V7",
  "M6.5 7l1 13h9l1-13",
  "M10.5 11v5.5",
  "M13.5 11v5.5",
);

export const UnlinkIcon = icon(
  "M14.5 9.5a4 4 0 0 1 0 4.9",
  "M16.5 13.2l2.4-2.4a4 4 0 0 0-5.7-5.7l-2 2",
  "M7.5 10.8l-2.4 2.4a4 4 0 0 0 5.7 5.7l2-2",
  "M4 4l16 16",
);

const PageIcon = icon("M6 3.5h8l4 4v13H6z", "M14 3.5v4h4");

/** The icons a page of a model can name. */
const PAGE_ICONS: Readonly<Record<string, ReturnType<typeof icon>>> = {
  calendar: icon("M4.5 6h15v14h-15z", "M4.5 10.5h15", "M8.5 3.5V7", "M15.5 3.5V7"),
  chart: icon("M4.5 4v16h16", "M8.5 16v-4", "M12.5 16V8", "M16.5 16v-6"),
  dashboard: icon("M4 4h7v9H4z", "M13 4h7v5h-7z", "M13 11h7v9h-7z", "M4 15h7v5H4z"),
  form: icon("M5 4h14v16H5z", "M8.5 8.5h7", "M8.5 12h7", "M8.5 15.5h4"),
  home: icon("M4 11.5L12 4l8 7.5", "M6.5 10v10h11V10"),
  list: icon("M9 6.5h11", "M9 12h11", "M9 17.5h11", "M4.5 6.5v.01", "M4.5 12v.01", "M4.5 17.5v.01"),
  settings: icon(
    "M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
    "M19.4 13.5l1.6 1.2-1.8 3.1-1.9-.7a7.6 7.6 0 0 1-2 1.2L15 20.5h-4l-.4-2.2a7.6 7.6 0 0 1-2-1.2l-1.9.7-1.8-3.1 1.6-1.2a7.6 7.6 0 0 1 0-3L4.9 9.3l1.8-3.1 1.9.7a7.6 7.6 0 0 1 2-1.2L11 3.5h4l.4 2.2a7.6 7.6 0 0 1 2 1.2l1.9-.7 1.8 3.1-1.7 1.2a7.6 7.6 0 0 1 0 3z",
  ),
  table: icon("M4 5h16v14H4z", "M4 10h16", "M10 10v9"),
  user: icon("M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8z", "M4.5 20a7.5 7.5 0 0 1 15 0"),
  users: icon(
    "M9 12a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z",
    "M2.5 19.5a6.5 6.5 0 0 1 13 0",
    "M16 5.3a3.5 3.5 0 0 1 0 6.4",
    "M18 14.5a6.5 6.5 0 0 1 3.5 5",
  ),
};

export function pageIcon(name: string | null | undefined): ReturnType<typeof icon> {
  return (name ? PAGE_ICONS[name] : undefined) ?? PageIcon;
}
