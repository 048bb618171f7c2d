// Copyright (C) ngx_tender_module contributors

// A page of the export from Redis with fastify and ioredis: the ids of the
// page from a sorted set, their documents in one pipeline.
//
//     node export.js <port> <socket of Redis>

'use strict';

const fastify = require('fastify');
const Redis = require('ioredis');

const [, , port, socket] = process.argv;

const FIELDS = [
    'ID', 'Date', 'EndTime', 'TenderName', 'Category', 'Region', 'Etp', 'Fz',
    'Customer', 'CustomerINN', 'Price', 'Currency', 'TenderNumOuter',
    'TenderLink', 'TenderLinkInner', 'ApiTenderInfo', 'EisLink',
    'searchFragmentXML', 'Status', 'Modified', 'Cpv', 'Lots',
];

const TYPES = {
    json: 'application/json; charset=utf-8',
    csv: 'text/csv; charset=utf-8',
    xml: 'application/xml; charset=utf-8',
};

// nothing was searched for

const NO_FRAGMENTS = { fragment: [] };

const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };


// dd-mm-yyyy of 2014-10-24T...

function day(date) {
    return date.slice(8, 10) + '-' + date.slice(5, 7) + '-' + date.slice(0, 4);
}


function record(doc, site, host) {
    const t = JSON.parse(doc);
    const buyer = t.procuringEntity || {};
    const items = t.itemsToBeProcured || [];
    const first = (items[0] && items[0].primaryClassification) || {};
    const page = site + '/tenders/' + t.id;
    const cpv = new Set();

    for (const item of items) {
        const code = item.primaryClassification;

        if (code && code.scheme === 'CPV') {
            cpv.add(code.id);
        }
    }

    return {
        ID: t.number,
        Date: day(t.created),
        EndTime: t.tenderPeriod && t.tenderPeriod.endDate
                 ? day(t.tenderPeriod.endDate) : '',
        TenderName: t.title || '',
        Category: first.description || '',
        Region: (buyer.address && buyer.address.region) || '',
        Etp: host,
        Fz: t.method || '',
        Customer: (buyer.id && buyer.id.name) || '',
        CustomerINN: (buyer.id && buyer.id.uid) || '',
        Price: t.totalValue ? String(t.totalValue.amount) : '',
        Currency: (t.totalValue && t.totalValue.currency) || '',
        TenderNumOuter: t.tenderID,
        TenderLink: page + '.html',
        TenderLinkInner: page + '.html',
        ApiTenderInfo: site + '/api/export?id=' + t.number,
        EisLink: (t.notice && t.notice.uri) || '',
        searchFragmentXML: NO_FRAGMENTS,
        Status: t.status,
        Modified: t.modified,
        Cpv: Array.from(cpv),
        Lots: String(items.length),
    };
}


function cell(value) {
    let text = typeof value === 'string' ? value
               : (value.fragment || value).join(' | ');

    // what a spreadsheet would take for a formula
    if (/^[=+@\t\r-]/.test(text)) {
        text = "'" + text;
    }

    return /[",\r\n]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
}


function escaped(text) {
    return text.replace(/[&<>]/g, (c) => ENTITIES[c]);
}


function element(name, value) {
    const inner = typeof value === 'string' ? escaped(value)
        : (value.fragment || value).map((v) => '<code>' + escaped(v)
                                               + '</code>').join('');

    return '<' + name + '>' + inner + '</' + name + '>';
}


const WRITE = {
    json: (total, list) => JSON.stringify([{ Total: String(total) }, ...list]),

    csv: (total, list) => FIELDS.join(',') + '\r\n'
        + list.map((r) => FIELDS.map((f) => cell(r[f])).join(',') + '\r\n')
            .join(''),

    xml: (total, list) => '<?xml version="1.0" encoding="UTF-8"?>\n<Items>'
        + '<Total>' + total + '</Total>'
        + list.map((r) => '<Item>' + FIELDS.map((f) => element(f, r[f]))
            .join('') + '</Item>').join('')
        + '</Items>\n',
};


const redis = new Redis({ path: socket });
const server = fastify();

server.get('/export', async (request, reply) => {
    const size = Number(request.query.tenpage) || 10;
    const first = ((Number(request.query.page) || 1) - 1) * size;
    const format = request.query.dtype || 'xml';

    if (!WRITE[format] || size < 1 || size > 100 || first < 0) {
        return reply.code(400).send();
    }

    const ids = await redis.zrevrange('plain:newest', first, first + size - 1);
    const pipeline = redis.pipeline().zcard('plain:newest');

    for (const id of ids) {
        pipeline.hget('plain:tender:' + id, 'doc');
    }

    const [total, ...docs] = await pipeline.exec();
    const host = request.headers.host;
    const site = request.protocol + '://' + host;
    const list = docs.map((doc) => record(doc[1], site, host));

    return reply.type(TYPES[format]).send(WRITE[format](total[1], list));
});

server.listen({ port: Number(port), host: '127.0.0.1' });
