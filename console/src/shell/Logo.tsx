export function Logo({size = 24}: {size?: number}) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" className="logo-ground" />
      <path d="M7 10.5 11.5 22 16 12l4.5 10L25 10.5" className="logo-line" />
    </svg>
  );
}
