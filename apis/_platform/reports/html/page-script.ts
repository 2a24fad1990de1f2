/**
 * The page's only script. It writes texts as `textContent` alone, never as HTML, and reads its data from the
 * `application/json` elements of the page: rows in lists, each detail by itself when it is opened.
 */
export const pageScript = String.raw`'use strict';
(function () {
  var texts = JSON.parse(document.getElementById('texts').textContent);
  var rows = [];
  document.querySelectorAll('script.rows').forEach(function (part) {
    JSON.parse(part.textContent).forEach(function (row) { rows.push(row); });
  });
  // A row: [iteration, path, name, status, method, url, answer, time, whether it has details]
  var ITERATION = 0, PATH = 1, NAME = 2, STATUS = 3, METHOD = 4, URL = 5, ANSWER = 6, TIME = 7, DETAIL = 8;
  rows.forEach(function (row, index) { row.id = index; });
  var pageSize = 100, page = 0, shown = rows;
  var form = document.getElementById('filter');
  var list = document.getElementById('list');

  function element(tag, text, className) {
    var made = document.createElement(tag);
    if (text !== undefined && text !== null) made.textContent = String(text);
    if (className) made.className = className;
    return made;
  }
  function fill(text, values) {
    return text.replace(/\{(\w+)\}/g, function (whole, name) { return name in values ? values[name] : whole; });
  }
  function block(into, title, text) {
    if (text === undefined || text === null || text === '') return;
    into.append(element('h3', title), element('pre', text));
  }
  function pairs(list) {
    return list.map(function (pair) { return pair[0] + ': ' + pair[1]; }).join('\n');
  }
  function bodyText(body) {
    if (!body) return '';
    if (body.text === undefined) return body.size === 0 ? '' : fill(texts.binary, { size: body.size });
    return body.text + (body.cut ? '\n… ' + fill(texts.cutBody, { size: body.size }) : '');
  }
  function describe(detail, into) {
    if (detail.error) into.append(element('p', detail.error.code + ': ' + detail.error.message, 'problem'));
    detail.assertions.forEach(function (each) {
      var line = element('div', undefined, 'text-' + each.status);
      var parts = [texts.statuses[each.status] + ' · ' + each.name];
      if (each.status !== 'passed') {
        if (each.message !== undefined) parts.push(each.message);
        if (each.expected !== undefined) parts.push(texts.expected + ' ' + each.expected);
        if (each.actual !== undefined) parts.push(texts.actual + ' ' + each.actual);
      }
      line.textContent = parts.join(' · ');
      into.append(line);
    });
    if (detail.request) {
      into.append(element('h2', texts.request));
      into.append(element('pre', detail.request.method + ' ' + detail.request.url));
      block(into, texts.headers, pairs(detail.request.headers));
      block(into, texts.body, bodyText(detail.request.body));
    }
    if (detail.response) {
      into.append(element('h2', texts.response));
      into.append(element('pre', detail.response.status + ' ' + (detail.response.statusText || '')));
      block(into, texts.headers, pairs(detail.response.headers));
      block(into, texts.body, bodyText(detail.response.body));
    }
    block(into, texts.timings, pairs(detail.timings.map(function (part) {
      return [texts.timingParts[part[0]] || part[0], part[1]];
    })));
    block(into, texts.attempts, detail.attempts > 1 ? detail.attempts : '');
    block(into, texts.extractions, pairs(detail.extractions));
    block(into, texts.variables, pairs(detail.variables));
  }
  function detailRow(row) {
    var line = element('tr', undefined, 'detail');
    var cell = element('td');
    cell.colSpan = 7;
    var data = row[DETAIL] ? document.getElementById('detail-' + row.id) : null;
    if (data) describe(JSON.parse(data.textContent), cell);
    else cell.append(element('p', texts.noDetail, 'soft'));
    line.append(cell);
    return line;
  }
  function toggle(line, row) {
    var open = line.getAttribute('aria-expanded') === 'true';
    line.setAttribute('aria-expanded', String(!open));
    if (open) line.nextSibling.remove();
    else line.after(detailRow(row));
  }
  function resultRow(row) {
    var line = element('tr', undefined, 'result');
    line.tabIndex = 0;
    line.setAttribute('aria-expanded', 'false');
    line.append(
      element('td', texts.statuses[row[STATUS]], 'text-' + row[STATUS]),
      element('td', row[ITERATION] + 1),
      element('td', row[NAME]),
      element('td', row[METHOD] || ''),
      element('td', row[URL] || row[PATH]),
      element('td', row[ANSWER] === null ? '' : row[ANSWER]),
      element('td', row[TIME] === null ? '' : row[TIME] + ' ms', 'number')
    );
    line.addEventListener('click', function () { toggle(line, row); });
    line.addEventListener('keydown', function (event) {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      toggle(line, row);
    });
    return line;
  }
  function show() {
    var pages = Math.max(1, Math.ceil(shown.length / pageSize));
    page = Math.min(page, pages - 1);
    list.replaceChildren.apply(list, shown.slice(page * pageSize, (page + 1) * pageSize).map(resultRow));
    document.getElementById('nothing').hidden = shown.length > 0;
    document.getElementById('where').textContent =
      fill(texts.page, { page: page + 1, pages: pages, count: shown.length });
    document.getElementById('previous').disabled = page === 0;
    document.getElementById('next').disabled = page >= pages - 1;
  }
  function filter() {
    var statuses = Array.from(form.querySelectorAll('input[type=checkbox]:checked'), function (box) { return box.value; });
    var search = form.elements.search.value.trim().toLowerCase();
    var iteration = form.elements.iteration.value;
    shown = rows.filter(function (row) {
      if (statuses.indexOf(row[STATUS]) < 0) return false;
      if (iteration !== '' && row[ITERATION] !== Number(iteration) - 1) return false;
      return search === '' || [row[NAME], row[URL] || '', row[PATH]].some(function (text) {
        return text.toLowerCase().indexOf(search) >= 0;
      });
    });
    if (form.elements.order.value === 'slowest') {
      shown.sort(function (a, b) { return (b[TIME] || 0) - (a[TIME] || 0); });
    }
    page = 0;
    show();
  }
  form.addEventListener('input', filter);
  form.addEventListener('submit', function (event) { event.preventDefault(); });
  document.getElementById('previous').addEventListener('click', function () { page--; show(); });
  document.getElementById('next').addEventListener('click', function () { page++; show(); });
  filter();
})();
`;
