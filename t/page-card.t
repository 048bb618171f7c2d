#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# The page of a tender: what is public of it, in each stage; what it hides
# from who is not logged in, and from everybody.

use strict;
use warnings;
use utf8;

use JSON::PP ();
use Test::More;

use lib 't/lib';
use Tender::Api qw(:DEFAULT :life);
use Tender::Login;
use Tender::Pages;


my $t = page_test(location => <<'END', http => 'tender_timezone Europe/Kyiv;');
        location /pages/ { tender_account; }
END

my $cookie = enter($t);

sub card {
    my ($id, %opt) = @_;

    return look($t, "/tenders/$id.html", cookie => $cookie, %opt);
}


# all that there may be

my $tender = issue($t, tender('Мости <&> "дороги"', price => 1234567.5,
    buyer => 'Державне <b>управління</b>', data => {
        description => "First line\nsecond <script>alert(1)</script>",
        method => 'Open', selectionCriteria => 'Lowest Cost',
        submissionMethod => 'Electronic Auction',
        totalValue => { amount => 1234567.5, currency => 'UAH',
                        valueAddedTaxIncluded => JSON::PP::false },
        minimalStep => { amount => 35, currency => 'UAH' },
        clarificationPeriod => { endDate => '2026-07-01T09:00:00Z' },
        auctionPeriod => { startDate => '2026-08-03T07:30:00+03:00' },
        deliveryDate => '2026-12-24',
        itemsToBeProcured => [
            { description => 'A <i>bridge</i>', quantity => 12000,
              unitOfMeasure => 'm', valuePerUnit => { amount => 3,
                                                      currency => 'UAH' },
              primaryClassification => { scheme => 'CPV', id => '44212120-3',
                                         description => 'Bridges' } },
            {},
        ],
        attachments => [
            { description => 'Plan', uri => 'https://example.org/?a=1&b="' },
            { uri => 'http://example.org/only-an-address' },
            { description => 'Only a name' },
        ],
    }));

my $r = card($tender->{id});

page_is($r, 200, 'Мости &lt;&amp;&gt; &quot;дороги&quot;'
                 =~ s/([^\x00-\x7f])/my $c = $1; utf8::encode($c); $c/ger,
        'a tender');

my $text = shown($r);

utf8::decode($text);

is($r->header('Cache-Control'), 'no-store', 'for who is logged in alone');
unlike($r->body, qr/<script>|<b>|<i>/, 'text is text');

for my $part (
    'Taking bids', $tender->{data}{tenderID}, '1,234,567.50 UAH without VAT',
    'Least step in the auction 35 UAH', 'Procedure open to everybody',
    'Selection by lowest price', 'How to bid electronic auction',
    'Delivery until 2026-12-24', 'First line second <script>',
    'Державне <b>управління</b> Number in the register: 0037',
    'Kyiv, Ukraine http://example.org/buyer',
    'Questions 2026-07-01 12:00', 'Auction 2026-08-03 07:30',
    'A <i>bridge</i> CPV 44212120-3 Bridges 12,000 m 3 UAH',
    'Documents Plan', 'http://example.org/only-an-address', 'Only a name',
    'This tender as data: JSON',
) {
    ok(index($text, $part) >= 0,
       'it shows ' . $part =~ s/[^\x20-\x7e]/?/gr);
}

like($r->body, qr{<a href="https://example.org/\?a=1&amp;b=&quot;" rel=},
     'a link');
unlike($text, qr/Number of bids|Awards|preview/, 'and nothing else');
unlike($text, qr/Kyiv, Kyiv/, 'a town that is a region is named once');

my ($link) = $r->body =~ /data:\s*<a href="([^"]*)"/;

is($link, "/api/0.1/tenders/$tender->{id}", 'the same as data');
is($t->get($link)->json->{data}{id}, $tender->{id}, 'there it is');


# in another language

$r = card($tender->{id}, lang => 'uk');
is($r->header('Content-Language'), 'uk', 'in Ukrainian');
$text = shown($r);
utf8::decode($text);
like($text, qr/1\x{a0}234\x{a0}567,50 UAH без ПДВ/, 'a price');
like($text, qr/Постачання до 24\.12\.2026/, 'a day');
like($text, qr/Запитання 01\.07\.2026 12:00/, 'an hour');


# who is not logged in

$r = look($t, "/tenders/$tender->{id}.html");
is($r->status, 200, 'a preview');
$text = shown($r);
utf8::decode($text);
like($text, qr/This is a preview/, 'which it says');
like($text, qr/Мости .*1,234,567\.50 UAH.*A <i>bridge/, 'is public');
unlike($text, qr/управління|0037|example\.org|Plan|Documents|as data/,
       'without buyer and documents');
is($r->header('Cache-Control'), 'private, no-cache', 'asked for each time');
is(look($t, "/tenders/$tender->{id}.html",
        headers => { 'If-None-Match' => $r->header('ETag') })->status, 304,
   'but sent once');


# links that are none

for my $uri ('javascript:alert(1)', 'data:text/html,x', ' http://x',
             'HTTP://EXAMPLE.ORG/')
{
    my $data = tender('x', buyer => 'y');

    $data->{procuringEntity}{id}{uri} = $uri;
    $data->{attachments} = [{ description => 'z', uri => $uri }];

    my $answer = $t->post('/api/0.1/tenders', { data => $data });

    # what the model takes is a link only if a browser may follow it

    if ($answer->status == 201) {
        my $body = card($answer->json->{data}{id})->body;

        if ($uri =~ /^http:/i) {
            like($body, qr/href="\Q$uri\E"/, "$uri: a link");
        } else {
            unlike($body, qr/href="\Q$uri\E"/, "$uri: no link");
        }
    } else {
        is($answer->status, 422, "$uri: refused");
    }
}

my $stored = publish($t, tender('x', buyer => 'y'));
my $doc = stored($t, $stored->{id})->{doc};

$doc =~ s{http://example\.org/buyer}{javascript:alert(1)};
$t->redis('HSET', "{b0}:tender:$stored->{id}", 'doc', $doc);
unlike(card($stored->{id})->body, qr/javascript:/, 'nor from the store');


# sealed bids are nobody's business

my $gated = issue($t, tender('Sealed', price => 500), from => -60,
                  till => 3600);

offer($t, $gated, { totalValue => { amount => 480 }, bidders => [
    { id => { name => 'Bidder One', uid => '1', scheme => 'http://x.org/' } },
] }) for 1 .. 2;

for my $who ($cookie, undef) {
    $r = card($gated->{id}, cookie => $who);
    is($r->status, 200, 'a tender with sealed bids');
    unlike($r->body, qr/480|Bidder One|Number of bids/, 'says nothing of it');
}

# open ones are counted

my $open = issue($t, tender('Open', price => 500));

offer($t, $open, { totalValue => { amount => 480, currency => 'UAH' } })
    for 1 .. 3;
like(shown(card($open->{id})), qr/Number of bids 3 /, 'open bids');

my $award = $t->post("$open->{url}/awards", { data => {
    awardStatus => 'active', awardValue => { amount => 480,
                                             currency => 'UAH' },
    suppliers => [map { { id => { name => "Supplier $_", uid => $_,
                                  scheme => 'http://x.org/' } } }
                  'One', '<Two>'],
} });

is($award->status, 201, 'an award') or diag($award->body);
$r = card($open->{id});
like(shown($r), qr/Awards .* Supplier One Supplier <Two> Winner 480 UAH/,
     'is shown');
unlike($r->body, qr/<Two>/, 'as text');


# documents

my $upload = $t->request('POST', "$open->{url}/documents", {
    'Content-Type' => 'text/plain',
    'Content-Disposition' => 'attachment; filename="<plan>.txt"',
}, 'x' x 1500);

is($upload->status, 201, 'a document') or diag($upload->body);
$r = card($open->{id});
like(shown($r), qr/Documents <?plan>?\.txt 1\.5.{1,3}kB \d{4}-/,
     'its name and size');

my ($href) = $r->body =~ /<li><a href="([^"]*download=[^"]*)"/;

$href =~ s/&amp;/&/g;
is($t->get($href)->body, 'x' x 1500, 'and where it is');


# each status has its name

for my $stage (@STAGES) {
    put_stage($t, $open->{id}, $stage);

    for my $lang (qw(en fr pl ru uk)) {
        my ($badge) = card($open->{id}, lang => $lang)->body
                      =~ /<span class="badge \w+">([^<]*)</;

        ok(length $badge && $badge ne $stage, "$stage in $lang");
    }
}


# what there is not

for my $path ('0' x 32 . '.html', 'x.html', $open->{id}, '.html', '%20.html',
              uc($open->{id}) . '.html', $open->{id} . '.htm',
              $open->{id} . '0.html', "$open->{id}/x.html")
{
    for my $who ($cookie, undef) {
        $r = look($t, "/tenders/$path", cookie => $who);
        page_is($r, 404, 'There is no such page', $path);
    }
}

is($t->get("/tenders/$open->{id}.html", { Accept => 'application/json' })
   ->status, 200, 'a page for whoever asks');
is($t->post("/tenders/$open->{id}.html", '', { Accept => 'text/html' })
   ->status, 405, 'POST');

# beneath a prefix

$r = look($t, "/pages/tenders/$open->{id}.html");
is($r->status, 200, 'below a prefix');
like($r->body, qr{href="/pages/search"}, 'links are below it');
like($r->body, qr{href="/pages/assets/tender\.css\?v=\d+"}, 'so is the style');

$t->finish;
done_testing;
