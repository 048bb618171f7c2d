#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# The page of the search: what is found, and for whom; its form, its links,
# its pages; what it says to a search that cannot be.

use strict;
use warnings;
use utf8;

use JSON::PP ();
use Test::More;

use lib 't/lib';
use Tender::Api;
use Tender::Login;
use Tender::Pages;


my $t = page_test(http => 'tender_plan default page=20 depth=40;');


for my $i (1 .. 25) {
    publish($t, tender("Desk number $i", price => 1000 * $i + 0.5,
                       buyer => 'School of the city',
                       data => { description => "We buy desks. Lot $i." }));
}

publish($t, tender('<b>"Chairs" & [B]tables[/B]</b>', price => 5,
                   buyer => '<i>Buyer</i>'));
publish($t, { title => "\x{428}кільні парти", description => 'школа' });
publish($t, {});
publish($t, tender('In time', price => 7,
                   data => { tenderPeriod => {
                       endDate => '2099-12-31T12:00:00Z' } }));

my $cookie = enter($t);


# who is not logged in

my $r = look($t, '/search');

page_is($r, 200, 'Search tenders', 'the search');
is($r->header('Content-Language'), 'en', 'in English');
is($r->header('Cache-Control'), 'private, no-cache', 'asked for each time');
is($r->header('Set-Cookie'), undef, 'no cookie');
like($r->body, qr/<html lang="en">/, 'it says so');
like(shown($r), qr/Tenders found: 29 /, 'how many there are');
is(scalar(() = $r->body =~ /<article class="card item">/g), 10,
   'ten of them');
like(shown($r), qr/This is a preview/, 'a preview');
unlike($r->body, qr/School of the city|class="buyer"|&gt;Buyer/, 'no buyer');
unlike($r->body, qr/rel="next"|name="csrf"|Save this search|Log out/,
       'nothing for who is logged in');
like($r->body, qr{<a href="/login\?next=%2Fsearch">Log in</a>}, 'a way in');
like($r->body, qr{<h3><a href="/tenders/[0-9a-f]{32}\.html">Without a title},
     'one without a title');
like($r->body, qr/Chairs&quot; &amp;/, 'text is text');
unlike($r->body, qr/<b>|<i>/, 'and no markup');
like($r->body, qr/2099-12-31 12:00/, 'a deadline');
like($r->body, qr/>25,000\.50 UAH</, 'a price');

my $tag = $r->header('ETag');

like($tag, qr/^"[0-9a-f]{16}"$/, 'a tag');
$r = look($t, '/search', headers => { 'If-None-Match' => $tag });
is($r->status, 304, 'the same page');
is($r->body, '', 'is not sent again');
is(look($t, '/search', headers => { 'If-None-Match' => '"x", W/' . $tag })
   ->status, 304, 'a weak one in a list');
is(look($t, '/search', lang => 'fr', headers => { 'If-None-Match' => $tag })
   ->status, 200, 'in another language it is another page');
is($t->head('/search')->status, 200, 'HEAD');
is($t->head('/search')->body, '', 'HEAD: no body');

for my $case (['/search?page=2', 'Page', 'Only the first page'],
              ['/search?sort_by=by_price', 'Sort by', 'the newest tenders'],
              ['/search?sort_dest=asc', 'Sort by', 'the newest tenders'])
{
    $r = look($t, $case->[0]);
    page_is($r, 403, 'Search tenders', "$case->[0] of the preview");
    like(shown($r), qr/$case->[1] : .*$case->[2]/, "$case->[0]: why");
    unlike($r->body, qr/class="card item"/, "$case->[0]: no tender");
}

is(look($t, '/search?tenpage=20')->body =~ s/<article class="card//gr
   =~ tr/\n//, look($t, '/search?tenpage=20')->body =~ tr/\n//,
   'whatever its length');
is(scalar(() = look($t, '/search?tenpage=20')->body =~ /card item/g), 10,
   'a preview has ten at most');
is(scalar(() = look($t, '/search?tenpage=3')->body =~ /card item/g), 3,
   'or fewer');
like(shown(look($t, '/search?kwords=city')), qr/found: 25 /,
     'a buyer is found');
unlike(look($t, '/search?kwords=city')->body, qr/School of/, 'not shown');


# who is

$r = look($t, '/search?kwords=desk*+lot', cookie => $cookie);

page_is($r, 200, 'Search tenders', 'who is logged in');
is($r->header('Cache-Control'), 'no-store', 'has a page of his own');
is($r->header('ETag'), undef, 'without a tag');
like(shown($r), qr/found: 25 /, 'how many match');
unlike(shown($r), qr/preview/, 'no preview');
like($r->body, qr{<mark>Desk</mark> number 25}, 'words are marked');
like($r->body, qr{We buy <mark>desks</mark>\. <mark>Lot</mark> 25\.},
     'in pieces of text, too');
like($r->body, qr/School of the city/, 'the buyer');
like($r->body, qr/<form class="leave" method="post" action="\/logout">/,
     'a way out');
ok(csrf($r), 'with its token');
like($r->body, qr/<span class="who"[^>]*>ann</, 'his name');
like($r->body, qr{href="/saved/new\?kwords=desk%2A%20lot"}, 'to be saved');
like($r->body, qr{Page 1 of 3}, 'pages');

my ($next) = $r->body =~ /rel="next" href="([^"]*)"/;

is($next, '/search?kwords=desk%2A%20lot&amp;page=2', 'the next one');
unlike($r->body, qr/rel="prev"/, 'none before');

$r = look($t, $next =~ s/&amp;/&/gr, cookie => $cookie);
like(shown($r), qr/Page 2 of 3/, 'there it is');
like($r->body, qr/Desk<\/mark> number 15/, 'it goes on');
like($r->body, qr{rel="prev" href="/search\?kwords=desk%2A%20lot&amp;page=1"},
     'and back');

$r = look($t, '/search?kwords=desk*+lot&page=3', cookie => $cookie);
is(scalar(() = $r->body =~ /card item/g), 5, 'the last page');
unlike($r->body, qr/rel="next"/, 'is the last one');

$r = look($t, '/search?kwords=desk*+lot&page=4', cookie => $cookie);
is($r->status, 200, 'behind the last page');
like(shown($r), qr/Nothing was found/, 'there is nothing');
like($r->body, qr/rel="prev" href="[^"]*page=3"/, 'but a way back');

for my $page (5, 1000, 999999999999) {
    is(look($t, "/search?page=$page", cookie => $cookie)->status, 400,
       "page $page");
}

is(scalar(() = look($t, '/search?tenpage=100', cookie => $cookie)
              ->body =~ /card item/g), 20, 'as many as the plan allows');


# links to the same as data

for my $case (['?kwords=desk', 'kwords=desk&'],
              ['', ''],
              ['?kwords=desk&page=2&lang=en&dtype=csv', 'kwords=desk&'],
              ['?kwords=%22we+buy%22&price1=10&actual=1&price2=',
               'kwords=%22we%20buy%22&price1=10&actual=1&'])
{
    $r = look($t, "/search$case->[0]", cookie => $cookie);

    for my $type (qw(json xml csv)) {
        my $link = '/api/export?' . $case->[1] . "dtype=$type";

        like($r->body, qr/href="\Q${\($link =~ s{&}{&amp;}gr)}\E"/,
             "search$case->[0] as $type");

        my $data = $t->get($link, { Cookie => "tender_session=$cookie" });

        is($data->status, 200, "search$case->[0] as $type: there it is");
        is(() = $data->header('X-Tender-Ignored-Params'), 0,
           "search$case->[0] as $type: all of it has a meaning");
    }
}


# the form keeps what was typed in

$r = look($t, '/search?kwords=%22a%26b%22&irazd=1&buyer=xx&cpv=44*&price1=1.5'
              . '&date_start=31.10.2014&deadline_to=2020-01-01&actual=1'
              . '&status=complete&sort_by=by_price&sort_dest=asc'
              . '&date_end=2020-01-01T10:00', cookie => $cookie);

is($r->status, 200, 'all fields');

for my $field (['kwords', '&quot;a&amp;b&quot;'], ['buyer', 'xx'],
               ['cpv', '44*'], ['price1', '1.5'],
               ['date_start', '2014-10-31'], ['deadline_to', '2020-01-01'],
               ['date_end', '2020-01-01T10:00'])
{
    like($r->body, qr/<input id="$field->[0]"[^>]*value="\Q$field->[1]\E"/,
         "$field->[0] is kept");
}

like($r->body, qr/<input id="date_start"[^>]*type="date"/, 'a day');
like($r->body, qr/<input id="date_end"[^>]*type="text"/,
     'what is more than a day');
like($r->body, qr/<option value="$_" selected>/, "$_ is kept")
    for qw(1 complete by_price asc);
like($r->body, qr/<input id="actual"[^>]* checked>/, 'a mark is kept');
like($r->body, qr/<details class="more" open>/, 'filters are to be seen');
like(look($t, '/search?status=unsuccessful,complete', cookie => $cookie)
     ->body, qr/<option value="unsuccessful,complete" selected>/,
     'what is no choice is kept');

$r = look($t, '/search?price1=&price2=&kwords=&status=&actual=&date_start=',
          cookie => $cookie);
is($r->status, 200, 'empty fields');
like(shown($r), qr/found: 29 /, 'are none');
unlike($r->body, qr/<details class="more" open>/, 'nor are they shown');


# what cannot be searched for

for my $case (
    ['kwords=%22desk', 'Words', 'A quote is not closed'],
    ['kwords=(desk', 'Words', 'A bracket has no counterpart'],
    ['kwords=a', 'Words', 'Type in 2 to 256 characters'],
    ['kwords=a*', 'Words', 'At least 2 letters are needed in front of *'],
    ['price1=much', 'Price from', 'A number is expected'],
    ['price2=-5', 'Price to', ''],
    ['date_start=tomorrow', 'Published from', 'A date is expected'],
    ['deadline_to=31.02.2020', 'Deadline to', 'A date is expected'],
    ['cpv=wood', 'CPV code', 'CPV codes are expected'],
    ['status=open', 'Status', 'There is no "open"'],
    ['page=0', 'Page', 'A number from 1 on'],
    ['page=x', 'Page', 'A number from 1 on'],
    ['sort_by=x', 'Sort by', ''],
) {
    my ($query, $field, $text) = @$case;

    $r = look($t, "/search?$query", cookie => $cookie);
    page_is($r, 400, 'Search tenders', $query);
    like(shown($r), qr/put right: \Q$field\E : \Q$text\E/, "$query: why");
    unlike($r->body, qr/card item|found:/, "$query: nothing is found");
}

$r = look($t, '/search?kwords=%22%3Cb%3E', cookie => $cookie);
like($r->body, qr/value="&quot;&lt;b&gt;"/, 'what was wrong is kept');

for my $query ('%zz', 'kwords=%ff', 'kwords=a&kwords=b', 'kwords=%00') {
    $r = look($t, "/search?$query");
    page_is($r, 400, 'The request is malformed', $query);
}


# secrets are in no link

$r = look($t, '/search?kwords=desk&api_code=tndk1234&token=abc&lang=fr');
is($r->status, 200, 'a page takes no key');
unlike($r->body, qr/tndk1234|abc/, 'nor does it hand one on');


# a session that is none

for my $bad ('tnds' . '0' x 64, 'x', '') {
    $r = look($t, '/search', cookie => $bad);
    is($r->status, 200, "the cookie '$bad'");
    like(shown($r), qr/This is a preview/, "the cookie '$bad' is nobody");
}

# nor is a user who may not read

plant_user($t, 'eve@acme', 'secret', id => 2, of => 9,
           account => { scopes => ['create'] });
like(shown(look($t, '/search', cookie => enter($t, 'eve@acme'))),
     qr/This is a preview/, 'who may not read has a preview');


# other addresses

for my $path ('/', '/search/', '/Search', '/search/x') {
    $r = look($t, $path);

    if ($path eq '/') {
        is($r->status, 303, 'the first page');
        is($r->header('Location'), '/search', 'is the search');
    } else {
        page_is($r, 404, 'There is no such page', $path);
    }
}

is($t->post('/search', '', { Accept => 'text/html' })->status, 405,
   'POST search');

unlike($t->kept_log, qr/tndk1234/, 'no secret in the log');

$t->finish;
done_testing;
