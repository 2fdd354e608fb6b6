// Lists that people put into an order of their own.

/** The list with one of its members at another place; itself where that changes nothing. */
export function moved<T>(list: readonly T[], member: T, to: number): readonly T[] {
  const place = list.indexOf(member);
  if (place < 0 || to === place || to < 0 || to >= list.length) return list;
  const others = list.filter((one) => one !== member);
  return [...others.slice(0, to), member, ...others.slice(to)];
}
