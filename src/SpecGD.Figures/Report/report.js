for (const table of document.querySelectorAll('table[data-sortable]')) {
  const headings = [...table.tHead.rows[0].cells], body = table.tBodies[0];
  const words = new Intl.Collator('en', { numeric: true });
  const compare = column => (one, other) => {
    const [a, b] = [one, other].map(row => row.cells[column].dataset.value);
    return a === undefined || b === undefined ? words.compare(one.cells[column].textContent, other.cells[column].textContent) : a - b;
  };
  for (const heading of headings) {
    const button = document.createElement('button');
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener('click', () => {
      const descending = heading.getAttribute('aria-sort') === 'ascending';
      for (const other of headings) other.removeAttribute('aria-sort');
      heading.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
      const isMissing = row => 'missing' in row.cells[heading.cellIndex].dataset;
      const rows = [...body.rows].filter(row => !isMissing(row)).sort(compare(heading.cellIndex));
      if (descending) rows.reverse();
      body.append(...rows, ...[...body.rows].filter(isMissing));
    });
  }
}
