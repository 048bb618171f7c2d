#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# A search at the export: the seed's address, the formats and their form, the
# fields of a record, pages and what leads on.

use strict;
use warnings;
use utf8;

use POSIX qw(strftime);
use Test::More;

use lib 't/lib';
use Tender::Access;
use Tender::Export;
use Tender::Test;


my $t   = export_test(http => "tender_timezone Europe/Kyiv;\n");
my $key = key_of($t);

my %steel = (
    title => 'Труби сталеві',
    description => 'Kaspersky & <b>synowie</b>',
    procuringEntity => {
        id => { name => 'Міське управління', uid => '01234567',
                scheme => 'http://edr.example.ua/' },
        address => { countryName => 'Україна', region => 'Київська',
                     locality => 'Біла Церква' },
    },
    totalValue => { amount => 500, currency => 'UAH' },
    method => 'Open', submissionMethod => 'Electronic Auction',
    notice => { uri => 'http://portal.example.ua/notice/7' },
    deliveryDate => '2030-05-01T00:00:00+03:00',
    tenderPeriod => { startDate => '2014-10-01T10:00:00+03:00',
                      endDate => '2014-10-31T23:30:00Z' },
    itemsToBeProcured => [
        { description => 'Труба', unitOfMeasure => 'м', quantity => 5,
          valuePerUnit => { amount => 5.5, currency => 'UAH' },
          primaryClassification => { scheme => 'CPV', id => '44163000-0',
                                     description => 'Труби та фітинги' },
          additionalClassification => [
              { scheme => 'ДКПП', id => '17.21.1', description => 'x' },
              { scheme => 'CPV', id => '44164000-7', description => 'y' } ] },
        { description => 'Кран',
          primaryClassification => { scheme => 'CPV', id => '44163000-0',
                                     description => 'Труби та фітинги' } },
    ],
);

my $id   = tender($t, \%steel);
my $bare = tender($t, { method => 'Limited', itemsToBeProcured => [
                          { description => 'A pump' } ] });
my $site = $t->url;

seed();
record();
shapes();
negotiation();
pages();
selection();
protocol();

$t->finish;
done_testing;


# /api/export?kwords=kaspersky&api_code=...

sub seed {
    my $r = $t->get("/api/export?kwords=kaspersky&api_code=$key",
                    { Host => 'www.Tenderinfo.org' });

    is($r->status, 200, 'the address as it is printed');
    is($r->header('Content-Type'), $TYPES{xml}, 'XML');
    is($r->header('X-Total-Count'), 1, 'X-Total-Count');

    my ($row) = reread($r);

    is($row->{TenderName}, 'Труби сталеві', 'what was found');
    is_deeply($row->{searchFragmentXML},
              { fragment => ['[B]Kaspersky[/B] & <b>synowie</b>'] },
              'and where');
    is($row->{Etp}, 'www.Tenderinfo.org', 'the host as it was called');
}


sub record {
    my ($total, $new, $old) = found($t, '', $key);
    my %days = map { strftime('%d-%m-%Y', gmtime(time + $_)) => 1 }
               -60, 2 * 3600, 3 * 3600;

    is($total, '2', 'Total is a string');
    like(delete $old->{Modified}, qr/^\d{4}-\d\d-\d\dT[\d:.]{12}Z\z/,
         'Modified');
    ok($days{ delete $old->{Date} }, 'Date');
    like(delete $old->{TenderNumOuter}, qr/^UA-\d{4}-MU-1\z/,
         'TenderNumOuter');

    is_deeply($old, {
        ID => '1', EndTime => '01-11-2014', TenderName => 'Труби сталеві',
        Category => 'Труби та фітинги', Region => 'Київська',
        Etp => '127.0.0.1:' . $t->port, Fz => 'Open',
        Customer => 'Міське управління', CustomerINN => '01234567',
        Price => '500', Currency => 'UAH',
        TenderLink => "$site/tenders/$id.html",
        TenderLinkInner => "$site/tenders/$id.html",
        ApiTenderInfo => "$site/api/export?id=1",
        EisLink => 'http://portal.example.ua/notice/7',
        searchFragmentXML => { fragment => [] },
        Status => 'active.tendering', Cpv => ['44163000-0', '44164000-7'],
        Lots => '2',
    }, 'a record') or diag(explain($old));

    is_deeply({ map { $_ => $new->{$_} }
                qw(TenderName Category Region Customer CustomerINN Price
                   Currency EisLink EndTime Cpv Lots) },
              { TenderName => 'A pump', Lots => '1', Cpv => [],
                map { $_ => '' } qw(Category Region Customer CustomerINN
                                    Price Currency EisLink EndTime) },
              'of a tender without them there is nothing');

    # every form has the same

    my ($json) = reread(ask($t, 'dtype=json&kwords=kaspersky', $key));
    my ($line) = reread(ask($t, 'dtype=ndjson&kwords=kaspersky', $key));
    my ($xml)  = reread(ask($t, 'dtype=xml&kwords=kaspersky', $key));
    my ($csv)  = reread(ask($t, 'dtype=csv&kwords=kaspersky', $key));

    is_deeply($line, $json, 'NDJSON as JSON');
    is_deeply($xml, $json, 'XML as JSON');

    $json->{Cpv} = join ' | ', @{ $json->{Cpv} };
    $json->{searchFragmentXML} =
        join ' | ', @{ $json->{searchFragmentXML}{fragment} };
    is_deeply($csv, $json, 'CSV as JSON');
}


sub shapes {
    my $r = ask($t, 'dtype=json&fields=ID', $key);

    is($r->body, '[{"Total":"2"},{"ID":"2"},{"ID":"1"}]', 'JSON');
    is($r->header('Content-Type'), $TYPES{json}, 'its type');

    $r = ask($t, 'dtype=ndjson&fields=ID', $key);
    is($r->body, qq({"ID":"2"}\n{"ID":"1"}\n), 'NDJSON');
    is($r->header('Content-Type'), $TYPES{ndjson}, 'its type');
    is($r->header('X-Total-Count'), 2, 'and its total');

    $r = ask($t, 'fields=ID', $key);
    is($r->body, qq(<?xml version="1.0" encoding="UTF-8"?>\n<Items>)
                 . '<Total>2</Total><Item><ID>2</ID></Item><Item><ID>1</ID>'
                 . "</Item></Items>\n", 'XML');

    $r = ask($t, 'dtype=csv&fields=ID,Status', $key);
    is($r->body, "ID,Status\r\n2,active.tendering\r\n1,active.tendering\r\n",
       'CSV');
    is($r->header('Content-Type'), $TYPES{csv}, 'its type');

    # nothing was found

    is(ask($t, 'dtype=json&kwords=nothing', $key)->body, '[{"Total":"0"}]',
       'nothing: JSON');
    is(ask($t, 'dtype=ndjson&kwords=nothing', $key)->body, '',
       'nothing: NDJSON');
    is(ask($t, 'dtype=csv&kwords=nothing&fields=ID', $key)->body, "ID\r\n",
       'nothing: CSV');
    like(ask($t, 'kwords=nothing', $key)->body,
         qr{<Items><Total>0</Total></Items>\n\z}, 'nothing: XML');

    # a list of one is a list

    my ($one) = (found($t, 'kwords=A pump', $key))[1];

    is_deeply($one->{Cpv}, [], 'no codes');
    is_deeply((found($t, 'kwords=Kaspersky', $key))[1]{searchFragmentXML},
              { fragment => ['[B]Kaspersky[/B] & <b>synowie</b>'] },
              'one fragment');

    # of CSV

    is(ask($t, 'dtype=csv&fields=ID,Lots&delimiter=;', $key)->body,
       "ID;Lots\r\n2;1\r\n1;2\r\n", 'delimiter=;');
    is(ask($t, 'dtype=csv&fields=ID,Lots&delimiter=tab', $key)->body,
       "ID\tLots\r\n2\t1\r\n1\t2\r\n", 'delimiter=tab');
    is(ask($t, 'dtype=csv&fields=ID,Lots&delimiter=,', $key)->body,
       "ID,Lots\r\n2,1\r\n1,2\r\n", 'delimiter=,');
    is(ask($t, 'dtype=csv&fields=ID&bom=1', $key)->body,
       "\xef\xbb\xbfID\r\n2\r\n1\r\n", 'bom=1');
    is(ask($t, 'dtype=json&fields=ID&bom=1', $key)->body,
       '[{"Total":"2"},{"ID":"2"},{"ID":"1"}]', 'no BOM in JSON');

    my ($row) = reread(ask($t, 'dtype=csv&delimiter=;&kwords=kaspersky',
                           $key), ';');

    is($row->{Cpv}, '44163000-0 | 44164000-7', 'what joins is in one cell');

    # count

    is(ask($t, 'dtype=json&fields=ID&count=0', $key)->body,
       '[{"Total":""},{"ID":"2"},{"ID":"1"}]', 'count=0');
    is(ask($t, 'dtype=json&fields=ID&count=1&tenpage=1', $key)->body,
       '[{"Total":"2"},{"ID":"2"}]', 'count=1');
}


sub negotiation {
    my $type = sub {
        my ($accept, $query) = @_;
        my $r = ask($t, $query // '', $key,
                    { defined $accept ? (Accept => $accept) : () });

        return [$r->header('Content-Type'), $r->header('Vary') // ''];
    };

    my @cases = (
        [undef, 'xml'], ['*/*', 'xml'], ['application/json', 'json'],
        ['text/csv', 'csv'], ['TEXT/CSV;q=1', 'csv'],
        ['text/csv, application/json', 'csv'],
        ['application/json, text/csv', 'json'],
        ['application/json, */*;q=0.1', 'xml'],
        ['application/json, application/xml', 'xml'],
        ['text/html,application/xhtml+xml,*/*', 'xml'], ['text/html', 'xml'],
    );

    is_deeply($type->($_->[0]), [$TYPES{$_->[1]}, 'Accept'],
              'Accept: ' . ($_->[0] // 'none')) for @cases;

    is_deeply($type->('application/json', 'dtype='), [$TYPES{xml}, ''],
              'dtype says more than Accept');
    is_deeply($type->('application/json', "dtype=$_"), [$TYPES{lc $_}, ''],
              "dtype=$_") for qw(xml CSV Json NDJSON);

    denied(ask($t, 'dtype=yaml', $key), 400, 'bad_request',
           qr/^dtype: Expected json, xml, csv or ndjson$/, 'dtype=yaml');

    my $r = ask($t, 'page=0', $key, { Accept => 'application/json' });

    is($r->header('Content-Type'), $TYPES{json}, 'so is a refusal');
}


sub pages {
    tender($t, { title => "Page $_" }) for 3 .. 25;

    my $ids = sub {
        my ($total, @records) = records($_[0]);

        return join ' ', map { $_->{ID} } @records;
    };
    my $r   = ask($t, 'dtype=json', $key);
    my $ten = join ' ', reverse 16 .. 25;

    is($ids->($r), $ten, 'ten, the newest first');
    is($r->header('X-Total-Count'), 25, 'of so many');

    $r = ask($t, 'dtype=json&page=3', $key);
    is($ids->($r), '5 4 3 2 1', 'page=3');
    is($r->header('Link'), undef, 'the last one');
    is($r->header('X-Tender-Cursor'), undef, 'no cursor either');

    $r = ask($t, 'dtype=json&page=4', $key);
    is($r->body, '[{"Total":"25"}]', 'beyond the last there is nothing');
    is($ids->(ask($t, 'dtype=json&page=2&limit=20', $key)), '5 4 3 2 1',
       'limit is another name of tenpage');

    # a cursor goes on where the page has ended

    for my $sort ('', '&sort_dest=asc', '&sort_by=by_price',
                  '&sort_by=by_date_end', '&sort_by=by_modified',
                  '&sort_by=by_relevance&kwords=page')
    {
        my $all = $ids->(ask($t, "dtype=json&tenpage=100$sort", $key));
        my ($got, $n) = ('', 0);
        my $path = "$EXPORT?dtype=json&tenpage=7$sort";

        while ($path && $n++ < 9) {
            my $r = $t->get($path, { 'X-Api-Code' => $key });

            $got .= ' ' . $ids->($r);
            ($path) = ($r->header('Link') // '')
                      =~ /^<\Q$site\E([^>]+)>; rel="next"$/;

            is(!!$path, !!$r->header('X-Tender-Cursor'), 'and X-Tender-Cursor')
                if $n == 1;
        }

        is($got =~ s/^ //r, $all, "Link leads through all of them $sort");
    }

    $r = $t->get("$EXPORT?tenpage=5&api_code=$key&nonsense=1"
                 . '&kwords=%22page%22&strict=0&page=1');
    like($r->header('Link'),
         qr{^<\Q$site\E/api/export\?tenpage=5&kwords=%22page%22&strict=0
            &cursor=[0-9a-v]{39}>;\ rel="next"$}x,
         'it repeats what counts, but no secret');

    my $cursor = $r->header('X-Tender-Cursor');

    is(ask($t, "tenpage=5&cursor=$cursor", $key)->status, 200, 'a cursor');

    my $bad = qr/^cursor: Expected what was given with a page in the same/;

    denied(ask($t, "sort_by=by_price&cursor=$cursor", $key), 400,
           'bad_request', $bad, 'a cursor of another order');
    denied(ask($t, "cursor=$_", $key), 400, 'bad_request', $bad,
           "cursor=$_")
        for 'x', substr($cursor, 1), "$cursor$cursor", '0' x 39,
            $cursor =~ tr/0-9a-v/1-9a-v0/r, '%' x 39;
    denied(ask($t, "page=2&cursor=$cursor", $key), 400, 'bad_request',
           qr/^page: A cursor says where/, 'a cursor and a page');

    # too long for a header

    my $long = 'tenpage=2&fields=' . ',' x 1900 . '&kwords=page';

    $r = ask($t, "$long&status=" . ',' x 250, $key);
    is($r->status, 200, 'a long address');
    is($r->header('Link'), undef, 'has no Link');
    like($r->header('X-Tender-Cursor'), qr/^[0-9a-v]{39}\z/, 'but a cursor');
}


sub selection {
    my $r = ask($t, 'dtype=csv&fields=Lots,ID,,Price&kwords=kaspersky', $key);

    is($r->body, "ID,Price,Lots\r\n1,500,2\r\n", 'fields, in their order');

    $r = ask($t, 'dtype=json&fields=Info,ObPrice&kwords=kaspersky', $key);
    is($r->body, '[{"Total":"1"},{"Info":"Kaspersky & <b>synowie</b>",'
                 . '"ObPrice":""}]', 'fields of a card, too');

    denied(ask($t, 'fields=ID,Nope', $key), 400, 'bad_request',
           qr/^fields: There is no "Nope"$/, 'one that is not');
    denied(ask($t, 'fields=docsXML', $key), 400, 'bad_request',
           qr/^fields: docsXML is shown with one tender only$/, 'docsXML');
    is(scalar keys %{ (found($t, 'fields=,', $key))[1] }, 22, 'none: all');
}


sub protocol {
    my $c = $t->client;
    my $r = $c->head("$EXPORT?kwords=kaspersky&api_code=$key");

    is($r->status, 200, 'HEAD');
    is($r->body, '', 'without a body');
    is($r->header('Content-Length'),
       length ask($t, 'kwords=kaspersky', $key)->body, 'of that length');

    $r = $t->post("$EXPORT?kwords=x", {});
    denied($r, 405, 'method_not_allowed', qr/./, 'POST');
    is($r->header('Allow'), 'GET, HEAD', 'Allow');

    denied($t->get("$EXPORT?kwords=%ff"), 400, 'bad_request',
           qr/^query: Invalid UTF-8$/, 'no UTF-8');

    # of a name that comes twice the last one counts

    is(ask($t, 'kwords=nothing&dtype=csv&dtype=json&fields=ID&kwords='
               . 'kaspersky', $key)->body, '[{"Total":"1"},{"ID":"1"}]',
       'the last one counts');
}
