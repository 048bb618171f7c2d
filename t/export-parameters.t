#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# The parameters of a search at the export, but for its words: each with what
# it finds and what of it is refused; dictionaries; saved searches; parameters
# that have no meaning.

use strict;
use warnings;
use utf8;

use JSON::PP ();
use Test::More;

use lib 't/lib';
use Tender::Access;
use Tender::Export;
use Tender::Test;


my $t   = export_test(
    http     => "tender_timezone Europe/Kyiv;\n    "
                . "tender_plan default page=1000;\n",
    location => 'location / { tender_account; tender_session_secure off; }',
);
my $account = account($t, scopes => ['read']);
my $key     = api_code($t, $account)->{code};

my %tender = (
    one => tender($t, {
        title => 'One', totalValue => { amount => 100, currency => 'UAH' },
        tenderPeriod => { endDate => '2013-05-01T12:00:00Z' },
        procuringEntity => buyer('Ukraine', 'Kyiv council'),
        itemsToBeProcured => [item('44163000-0'), item('45214210-5')],
    }),
    two => tender($t, {
        title => 'Two',
        totalValue => { amount => 250.5, currency => 'EUR' },
        tenderPeriod => { endDate => '2013-06-01T21:30:00Z' },
        procuringEntity => buyer('France', 'Mairie'),
        itemsToBeProcured => [item('44164310-3')],
    }),
    three => tender($t, { title => 'Three',
                          procuringEntity => buyer('Poland') }),
);

$t->patch("/api/0.1/tenders/$tender{two}",
          { data => { status => 'cancelled' } })->status == 200
    or die 'it was not cancelled';

sub buyer {
    my ($country, $name) = @_;

    return { id => { name => $name // 'Somebody' },
             address => { countryName => $country } };
}


sub item {
    return { description => 'Item', primaryClassification => {
        scheme => 'CPV', id => $_[0], description => 'x' } };
}


my %title = (One => 'one', Two => 'two', Three => 'three');


sub finds {
    my ($query, $names, $name) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    my $r = ask($t, "dtype=json&fields=TenderName&$query", $key);
    my $got = $r->status == 200
              ? join ' ', map { $title{ $_->{TenderName} } }
                          (records($r))[1 .. @{ $r->json } - 1]
              : $r->status . ' ' . $r->body;

    is($got, $names, $name // $query);
}


sub wrong {
    my ($query, $message) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    denied(ask($t, "dtype=json&$query", $key), 400, 'bad_request', $message,
           $query);
}


prices();
dates();
terms();
order();
sizes();
strictness();
dictionaries();
saved();

$t->finish;
done_testing;


sub prices {
    finds('price1=100', 'two one');
    finds('price1=100.01', 'two');
    finds('price2=100', 'one');
    finds('price2=99.9999', '');
    finds('price1=250.5&price2=250.50', 'two');
    finds('price1=1e2&price2=1e2', 'one');
    finds('price1=250.50001', '');
    finds('price2=250.49999', 'one');
    finds('price1=300&price2=10', '');
    finds('price1=999999999999999', '');
    finds('price2=999999999999999', 'two one');
    finds('price1=200&noprice=1', 'three two');
    finds('noprice=1', 'three two one');
    finds('price1=200&noprice=0', 'two');
    finds('price1=&price2=', 'three two one');

    wrong("price1=$_", qr/^price1: /)
        for 'x', '-1', '1,5', 'NaN', '1e30', '0x10', '1000000000000000',
            '1 000';
    wrong('noprice=2', qr/^noprice: Must be either true or false/);
}


sub dates {
    my ($all) = found($t, '', $key);
    my @records = (records(ask($t, 'dtype=json', $key)))[1 .. $all];
    my ($d, $m, $y) = split /-/, $records[0]{Date};

    # all three were published now: today, but for a midnight between

    for my $day ("$d.$m.$y", "$d-$m-$y", "$y-$m-$d", "$y-$m-${d}T00:00:00") {
        finds("date_start=$day&price1=1", 'two one', "date_start=$day")
            if $records[-1]{Date} eq $records[0]{Date};
    }

    finds("date_end=$d.$m.$y", 'three two one', 'date_end takes the day in');
    finds("date_end=$y-$m-${d}T00:00:00", '', 'a moment is a moment')
        if $records[-1]{Date} eq $records[0]{Date};
    finds('date_start=01.01.2001&date_end=31.12.2001', '');
    finds('date_start=01.01.2001', 'three two one');
    finds('date_start=01.01.2090', '');
    finds('modified_from=2001-01-01', 'three two one');
    finds('modified_from=2090-01-01', '');

    my ($last) = sort { $b cmp $a } map { $_->{Modified} } @records;

    like((found($t, "modified_from=$last", $key))[0], qr/^[12]\z/,
         'since the last change');

    # deadlines: 15:00 of 1 May and 00:30 of 2 June in Kyiv

    finds('deadline_from=01.05.2013', 'two one');
    finds('deadline_from=02.05.2013', 'two');
    finds('deadline_to=01.06.2013', 'one');
    finds('deadline_to=02.06.2013', 'two one');
    finds('deadline_from=01.06.2013&deadline_to=02.06.2013', 'two');
    finds('deadline_from=2013-05-01T12:00:00Z'
          . '&deadline_to=2013-05-01T12:00:00Z', 'one');
    finds('deadline_from=2013-05-01T12:00:01Z', 'two');
    finds('date_start=&deadline_to=', 'three two one');

    for my $name (qw(date_start date_end modified_from deadline_from
                     deadline_to))
    {
        wrong("$name=$_", qr/^$name: Expected a date: 31\.10\.2014/)
            for qw(x 31.02.2014 2014-13-01 31/10/2014 1.1.2014 2014),
                '31.10-2014', '2014-10-31T25:00';
    }
}


sub terms {
    finds('cpv=44163000-0', 'one');
    finds('cpv=44163000', 'one');
    finds('cpv=44*', 'two one');
    finds('cpv=4416*', 'two one');
    finds('cpv=44164*', 'two');
    finds('cpv=44164310*', 'two');
    finds('cpv=44164*,45214210-5', 'two one');
    finds('cpv= 44163000 , 99999999,', 'one');
    finds('cpv=99*', '');
    finds('cpv=44163000-0&kwords=two', '');
    wrong("cpv=$_", qr/^cpv: Expected CPV codes/)
        for qw(4 4* 4416300 441630000 44163000- 44163000-00 44163000-x x),
            '4416*0', '44163000 44164310', '441643100*';

    finds('currency=UAH', 'one');
    finds('currency=EUR', 'two');
    finds('currency=USD', '');
    wrong("currency=$_", qr/^currency: /) for qw(uah UA UAHX 123);

    finds('country=Ukraine', 'one');
    finds('country=France', 'two');
    finds('country=france', '');
    finds('country=Ukr', '');

    finds('status=cancelled', 'two');
    finds('status=active.tendering', 'three one');
    finds('status=active.tendering,cancelled', 'three two one');
    finds('status=complete, unsuccessful', '');
    finds('status=,', 'three two one');
    wrong('status=open', qr/^status: There is no "open"$/);
    wrong('status=cancelled,x', qr/^status: There is no "x"$/);

    # a deadline that is over is over, if it was no gate, too

    finds('actual=1', 'three');
    finds('actual=0', 'three two one');
    wrong('actual=yes', qr/^actual: Must be/);

    finds('buyer=council', 'one');
    finds('buyer=som*', 'three');
    finds('nm=1', 'three two one');
}


sub order {
    finds('', 'three two one');
    finds('sort_by=by_date', 'three two one');
    finds('sort_by=BY_DATE&sort_dest=ASC', 'one two three');
    finds('sort_by=by_price', 'two one three');
    finds('sort_by=by_price&sort_dest=asc', 'one two three');
    finds('sort_by=by_date_end', 'one two three');
    finds('sort_by=by_date_end&sort_dest=desc', 'two one three');
    finds('sort_by=by_modified', 'two three one');
    finds('sort_by=by_modified&sort_dest=asc', 'one three two');
    finds('sort_by=by_relevance&kwords=two | item', 'two one');
    finds('sort_by=by_relevance', 'three two one');

    wrong('sort_by=date', qr/^sort_by: .*by_date_end/);
    wrong('sort_dest=up', qr/^sort_dest: .*asc/);
}


sub sizes {
    finds('tenpage=1', 'three');
    finds('tenpage=2&page=2', 'one');
    finds('tenpage=1000', 'three two one');
    finds('limit=1', 'three');

    wrong("tenpage=$_", qr/^tenpage: /) for qw(0 -1 x 1001 1.5);
    wrong("page=$_", qr/^page: Expected a number from 1 on/)
        for qw(0 -1 x 1.5 01 1000001);
    wrong('count=x', qr/^count: Expected 1 or 0/);
    wrong('all=x', qr/^all: Expected 1 or 0/);
    wrong('strict=x', qr/^strict: Expected 1 or 0/);
    wrong("delimiter=$_", qr/^delimiter: /) for 'x', '|', ',,';
    wrong('bom=x', qr/^bom: /);
    wrong('kwords=x*', qr/^kwords: /);
}


sub strictness {
    my $ignored = sub {
        return ask($t, $_[0], $key)->header('X-Tender-Ignored-Params') // '';
    };

    is($ignored->('kwords=one&page=1&version=2.3&nm=1'), '', 'all is known');
    is($ignored->('nonsense=1&c14=1&kwords=one&e1=1'), 'nonsense, c14, e1',
       'what is not known is named');
    is($ignored->('a[b]=1&x.y-z_=2'), 'a[b], x.y-z_', 'as it is');
    is($t->get("$EXPORT?%D1%82=1&a%0a=&%22%3E=1&=1&ok=1&api_code=$key")
         ->status, 400, 'a control character in a name');
    is($t->get("$EXPORT?%D1%82=1&%22%3E=1&=1&ok=1&a+b=1&api_code=$key")
         ->header('X-Tender-Ignored-Params'), 'ok',
       'what a header does not carry is left out');
    is(length $ignored->(join '&', map { 'x' x 60 . "$_=1" } 1 .. 40) <= 1100,
       1, 'not too many');

    denied(ask($t, 'dtype=json&strict=1&nonsense=1', $key), 400,
           'bad_request', qr/^nonsense: Has no meaning here$/, 'strict=1');
    is(ask($t, 'strict=1&kwords=one', $key)->status, 200, 'all is known');
    is(ask($t, 'strict=0&nonsense=1', $key)->status, 200, 'strict=0');

    # of one tender, of a dictionary and of all there are fewer parameters

    is($ignored->("id=$tender{one}&kwords=x&page=2&fields=ID"),
       'kwords, page', 'of a card');
    is($ignored->('mode=cpv&kwords=x&dtype=csv&fields=ID'), 'kwords, fields',
       'of a dictionary');
    is($ignored->('all=1&page=2&kwords=one&tenpage=5&sort_by=by_price'
                  . '&limit=1&sort_dest=asc&unknown=1'),
       'unknown, page, tenpage, sort_by, limit, sort_dest', 'of all');
    denied(ask($t, "dtype=json&id=$tender{one}&kwords=xx&strict=1", $key),
           400, 'bad_request', qr/^kwords: Has no meaning here$/,
           'a card, and strict');
}


sub dictionaries {
    my $list = sub {
        my $r = ask($t, "dtype=json&mode=$_[0]", $key);
        my ($total, @records) = records($r);

        is($total, scalar @records, "$_[0]: Total");

        return [map { [@{$_}{qw(id name count)}] } @records];
    };

    is_deeply($list->('statuses'),
              [ ['active.enquiries', 'active.enquiries', '0'],
                ['active.tendering', 'active.tendering', '2'],
                ['active.auction', 'active.auction', '0'],
                ['active.qualification', 'active.qualification', '0'],
                ['active.awarded', 'active.awarded', '0'],
                ['complete', 'complete', '0'],
                ['unsuccessful', 'unsuccessful', '0'],
                ['cancelled', 'cancelled', '1'] ], 'mode=statuses');

    my $sorted = sub { [sort { $a->[0] cmp $b->[0] } @{ $list->($_[0]) }] };
    my $codes  = [ map { [$_, $_, '1'] } qw(44163000 44164310 45214210) ];

    is_deeply($sorted->('currencies'),
              [ ['EUR', 'EUR', '1'], ['UAH', 'UAH', '1'] ],
              'mode=currencies');
    is_deeply($sorted->('cpv'), $codes, 'mode=cpv');
    is_deeply($sorted->('cat'), $codes, 'mode=cat');
    is_deeply($sorted->('countries'),
              [ map { [$_, $_, '1'] } qw(France Poland Ukraine) ],
              'mode=countries');

    my $host = '127.0.0.1:' . $t->port;

    is_deeply($list->('sources'), [ [$host, $host, '3'] ], 'mode=sources');

    is(ask($t, 'mode=sources', $key)->body,
       qq(<?xml version="1.0" encoding="UTF-8"?>\n<Items><Total>1</Total>)
       . "<Item><id>$host</id><name>$host</name><count>3</count></Item>"
       . "</Items>\n", 'in XML');
    is(ask($t, 'mode=sources&dtype=csv&bom=1&delimiter=;', $key)->body,
       "\xef\xbb\xbfid;name;count\r\n$host;$host;3\r\n", 'in CSV');
    is(ask($t, 'mode=sources&dtype=ndjson', $key)->body,
       qq({"id":"$host","name":"$host","count":"3"}\n), 'in NDJSON');

    my $r = ask($t, 'mode=cpv', $key);

    is($t->get("$EXPORT?mode=cpv", { 'X-Api-Code' => $key,
                                     'If-None-Match' => $r->header('ETag') })
         ->status, 304, 'it has a tag');

    wrong('mode=regions', qr/^mode: Expected statuses, currencies, cpv, cat/);
}


# search_id: what was saved, and what is laid over it

sub saved {
    my $make = sub {
        my $r = $t->post('/api/searches', { data => { name => 'Saved',
                         query => $_[0] } }, { 'X-Api-Code' => $_[1] });

        die 'not saved: ', $r->status, ' ', $r->body if $r->status != 201;

        return $r->json->{data}{id};
    };

    my $writer = api_code($t, account($t, scopes => ['read', 'create']));
    my $search = $make->({ price1 => 200, noprice => JSON::PP::true,
                           dtype => 'json', fields => 'TenderName',
                           sort_dest => 'asc' }, $writer->{code});
    my $run = sub {
        return $t->get("$EXPORT?search_id=$search" . ($_[0] // ''),
                       { 'X-Api-Code' => $_[1] // $writer->{code} });
    };

    is($run->()->body, '[{"Total":"2"},{"TenderName":"Two"},'
                       . '{"TenderName":"Three"}]', 'a saved search');
    is($run->('&sort_dest=desc&noprice=0&tenpage=5')->body,
       '[{"Total":"1"},{"TenderName":"Two"}]', 'what is sent counts more');
    is($run->('&price1=&noprice=')->body,
       '[{"Total":"3"},{"TenderName":"One"},{"TenderName":"Two"},'
       . '{"TenderName":"Three"}]', 'an empty one takes it away');
    is($run->('&dtype=')->header('Content-Type'), $TYPES{xml},
       'also the format');
    is($run->('&dtype=csv')->body, "TenderName\r\nTwo\r\nThree\r\n",
       'or another');
    like($run->('&tenpage=1')->header('Link'), qr/\?search_id=$search&/,
         'Link goes on with it');

    my $none = qr/^search_id: There is no such saved search of yours$/;

    denied($run->('', $key), 404, 'not_found', $none, "another's");
    denied($t->get("$EXPORT?search_id=$search"), 404, 'not_found', $none,
           'without a key');
    denied($t->get("$EXPORT?search_id=$_", { 'X-Api-Code' => $key }), 404,
           'not_found', $none, "search_id=$_") for 'x', '0' x 32, '../a';
}
