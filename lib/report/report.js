'use strict';
(() => {
  if (navigator.clipboard) {
    for (const command of document.querySelectorAll('.hint code.command')) {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = 'copy';
      button.setAttribute('aria-label', `copy ${command.textContent}`);
      button.addEventListener('click', async () => {
        try {
          await navigator.clipboard.writeText(command.textContent);
          button.textContent = 'copied';
        } catch {
          button.textContent = 'select it instead';
        }
      });
      command.after(button);
    }
  }

  const list = document.getElementById('list');
  if (!list) return;
  const packages = [...list.children];
  const names = packages.map((item) => item.dataset.name.toLowerCase());
  const libraries = packages.map(
      (item) => [...item.querySelectorAll('.library')].map(
          (library) => [library, library.textContent.toLowerCase()]),
  );
  const query = document.getElementById('query');
  const count = document.getElementById('count');

  const search = () => {
    const word = query.value.trim().toLowerCase();
    let shown = 0;
    packages.forEach((item, number) => {
      const isNamed = names[number].includes(word);
      let found = 0;
      for (const [library, text] of libraries[number]) {
        library.hidden = !isNamed && !text.includes(word);
        if (!library.hidden) ++found;
      }
      item.hidden = !isNamed && found === 0;
      item.open = word !== '' && !isNamed && found > 0;
      if (!item.hidden) ++shown;
    });
    count.textContent = word === '' ? '' : `${shown} of ${packages.length}`;
  };

  const order = {
    given: () => packages,
    name: () => [...packages].sort((one, other) => one.dataset.name.localeCompare(other.dataset.name)),
    libraries: () => [...packages].sort((one, other) => other.dataset.libraries - one.dataset.libraries),
  };
  query.addEventListener('input', search);
  const choice = document.getElementById('order');
  choice.addEventListener('change', () => list.append(...order[choice.value]()));
  const tools = document.querySelector('.tools');
  tools.addEventListener('submit', (event) => event.preventDefault());
  tools.hidden = false;
})();
