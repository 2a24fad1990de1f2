/** The page's icon: a function's braces around an arrow. */
export const docsIcon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" fill="none" stroke="#ffffff" stroke-width="2.5" stroke-linecap="round" stroke-linejoin="round">
  <rect width="32" height="32" rx="7" fill="#1f2937" stroke="none"/>
  <path d="M10 8c-3 0-2 4-2 5.500S7 16 5.500 16C7 16 8 17 8 18.500S7 24 10 24M22 8c3 0 2 4 2 5.500S25 16 26.500 16C25 16 24 17 24 18.500S25 24 22 24M12 16h8M17 13l3 3-3 3"/>
</svg>
`;
