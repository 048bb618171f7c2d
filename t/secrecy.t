#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# What is sealed stays so: each bid carries random strings and an amount of its
# own, and everything else that anybody can ask for, in any form, is searched
# for them; and nothing that is answered moves when bids come, change and go.

use strict;
use warnings;

use MIME::Base64 qw(encode_base64 encode_base64url);
use Test::More;

use lib 't/lib';
use Tender::Api qw(:DEFAULT :life);
use Tender::Clock qw(now_us turned);
use Tender::Document qw(upload);
use Tender::Test;


# how many commands an answer took is shown, so that it is compared, too

my $t = Tender::Test->new(location => <<'END');
        add_header X-Calls $tender_redis_calls always;

        location /own/     { tender_api 0.1; tender_anonymous write; }
        location /sandbox/ { tender_api 0.1; tender_anonymous write;
                             tender_ownership off; }
        location /read/    { tender_api 0.1; tender_anonymous read; }
        location /none/    { tender_api 0.1; }
        location /auction/ { tender_api 0.1; tender_anonymous auction; }
        location /admin/   { tender_api 0.1; tender_anonymous admin; }
        location /health/  { tender_status; }
        location /api/0.1/ { tender_api 0.1; tender_anonymous read; }
END

my $c = $t->client;
my $none = '0' x 32;
my @letters = ('a' .. 'z', 'A' .. 'Z', 0 .. 9);
my (%needle, %known);


# ------------------------------------------------------------------ needles

sub canary {
    my ($bid) = @_;

    my $text = join '', map { $letters[rand @letters] } 1 .. 32;

    $known{$bid}{$text} = $text;
    $known{$bid}{$_} = "$text, encoded"
        for encode_base64($text, '') =~ s/.{4}=*$//r,
            encode_base64url(" $text") =~ s/^.{4}|.{4}$//gr,
            unpack('H*', $text), uc unpack 'H*', $text;

    return $text;
}


# eleven digits that nothing else has

sub amount {
    my ($bid) = @_;

    my $digits = join '', 1 + int rand 9, map { int rand 10 } 1 .. 10;

    $known{$bid}{$digits} = 'its amount';

    return "$digits.5";
}


sub bid_data {
    my ($bid, $part) = @_;

    my $one = sub {
        my $url = 'https://example.com/' . canary($bid);

        { id => { name => canary($bid), uid => canary($bid), uri => $url,
                  scheme => 'https://example.com/' . canary($bid) },
          address => { map { $_ => canary($bid) }
                       qw(streetAddress locality region postalCode
                          countryName) } };
    };

    return { bidders => [$one->(), $one->()],
             totalValue => { amount => amount($bid) } };
}


# what of these a text has

sub found {
    my ($text, @bids) = @_;

    my @found;

    for my $bid (@bids) {
        push @found, map { "bid $bid: $known{$bid}{$_}" }
                     grep { index($text, $_) >= 0 } keys %{ $known{$bid} };
    }

    return @found;
}


# -------------------------------------------------------------------- crawl

my @paths = map { $_->{path} }
            grep { $_->{method} eq 'GET' }
            values %{ $c->get('/own/spore')->json->{methods} };

cmp_ok(scalar @paths, '>', 10, 'all routes');

my %role = (
    stranger => ['/own'],
    buyer    => ['/own', 'buyer'],
    rival    => ['/own', 'rival'],
    reader   => ['/read'],
    nobody   => ['/none'],
    auction  => ['/auction'],
    admin    => ['/admin'],
    sandbox  => ['/sandbox'],
);

my (%token, $etag);


# every path in every form by every role: what is answered, but for its Date

sub crawl {
    my ($tender, %id) = @_;

    my %answers;
    $id{key} ||= $none;

    my @forms = (
        [''], ['opt_pretty=1'], ['opt_jsonp=f'], ['opt_sealed=1'],
        ["download=$id{key}"], ["all=1&download=$id{key}&opt_pretty=1"],
        ['opt_pretty=1&opt_sealed=1&opt_jsonp=f'],
        ['', 'If-None-Match' => $etag], ['', 'If-None-Match' => '*'],
        ['', 'If-Match' => '*'], ['', 'Range' => 'bytes=0-50'],
    );

    for my $role (sort keys %role) {
        my ($at, $whose) = @{ $role{$role} };

        for my $path (@paths) {
            my $url = $path =~ s/:tender_id/$tender->{id}/r;

            $url =~ s{(bidders)/:\w+}{$1/$id{bid}};
            $url =~ s{documents/:\w+}{documents/$id{document}};
            $url =~ s{awards/:\w+}{awards/$none};

            my @more = $path ne '/tenders' ? () : map { [$_] }
                       'opt_fields=bids,numberOfBids,bidHashes,awards,status',
                       'descending=1', 'limit=1', 'status=active.tendering',
                       'opt_fields=documents,modified,id,tenderID&limit=100';

            for my $form (@forms, @more) {
                my ($query, %headers) = @$form;

                $headers{'X-Access-Token'} = $token{$whose} if $whose;

                for my $method (qw(GET HEAD)) {
                    my $r = $c->request($method, "$at$url?$query",
                                        \%headers);

                    $answers{"$role: $method $path?"
                             . $query =~ s/$id{key}/key/r . ' '
                             . join ' ', map { "$_: $headers{$_}" }
                                         grep { !/Token/ } sort keys %headers}
                        = plain($r);
                }
            }
        }
    }

    return \%answers;
}


sub plain {
    my ($r) = @_;

    return join "\n", $r->status,
           (map { "$_->[0]: $_->[1]" }
            grep { $_->[0] !~ /^(?:Date|Connection)$/ } $r->headers),
           '', $r->body;
}


sub same {
    my ($got, $expected, $name) = @_;

    my @differ = grep { ($got->{$_} // '') ne ($expected->{$_} // '') }
                 sort keys %{ { %$got, %$expected } };

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    ok(!@differ, $name)
        or diag(scalar @differ, " answers differ, as this one: $differ[0]\n",
                $got->{ $differ[0] } // 'none', "\nwas\n",
                $expected->{ $differ[0] } // 'none');
}


# no answer has any of it; ids are what a bid is known by, to its owner

sub silent {
    my ($answers, $bids, $name, $but) = @_;

    my @wrong;

    for my $what (sort keys %$answers) {
        next if $but && $what =~ $but;

        my @found = found($answers->{$what}, @$bids);

        push @wrong, "$what: @found" if @found;
    }

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    ok(!@wrong, $name) or diag(join "\n", @wrong[0 .. ($#wrong > 9
                                                       ? 9 : $#wrong)]);
}


# ------------------------------------------------------------- before, after

my $tender = issue($t, {}, path => '/own/tenders', from => -60,
                   till => 36_000);
my $newer  = issue($t, {}, path => '/own/tenders');

$etag  = $c->get($tender->{url})->header('ETag');
%token = (buyer => $tender->{token}, rival => 'f' x 32);

my $before = crawl($tender, bid => $none, document => $none);
my $tried  = attempts($none, $none);
my $public = everything_public();

# what scripts and lists go by; not what belongs to bids alone

sub everything_public {
    my %keys = map { $_ => 1 } grep { /:(?:feed|clock|events|numbers|due)$/
                                      || /:idx:/ }
               @{ $t->redis('KEYS', '*') };

    return join "\n", map { unpack 'H*', $t->redis('DUMP', $_) }
                      sort keys %keys;
}

cmp_ok(scalar keys %$before, '>', 2000, scalar(keys %$before) . ' answers');
like($before->{'stranger: GET /tenders/:tender_id? '}, qr/^X-Calls: \d+$/m,
     'they tell how many commands they took');

# four bids, of which one changes, one goes, and one has documents

my %bid = map { $_ => offer($t, $tender, bid_data($_)) } 1 .. 4;

for my $url ("/own/tenders/$tender->{id}/bidders/$bid{2}{id}") {
    my %own = ('X-Access-Token' => $bid{2}{token});

    is($c->patch($url, { data => bid_data(2) }, \%own)->status, 200,
       'a bid changes');
    is($c->put($url, { data => bid_data(2) }, \%own)->status, 200,
       'and is replaced');
}

is($c->delete("$bid{3}{url}?acc_token=$bid{3}{token}")->status, 200,
   'one is withdrawn');

my $document = upload($c, "$bid{1}{url}/documents",
                      join("\n", map { canary(1) } 1 .. 10),
                      name => canary(1) . '.pdf', token => $bid{1}{token});

is($document->status, 201, 'one has a document') or diag($document->body);
my ($key) = $document->json->{data}{url} =~ /download=(\w+)/;

$document = $document->json->{data}{id};
is($c->patch("$bid{1}{url}/documents/$document",
             { data => { description => canary(1) } },
             { 'X-Access-Token' => $bid{1}{token} })->status, 200,
   'which is described');
is(upload($c, "$bid{1}{url}/documents/$document", canary(1), method => 'PUT',
          token => $bid{1}{token})->status, 200, 'and has a second version');

$token{rival} = $bid{2}{token};
$known{$_}{ $bid{$_}{id} } = 'its id' for 1 .. 4;
$known{$_}{ $bid{$_}{token} } = 'its token' for 1 .. 4;
$known{1}{$document} = 'the id of its document';
$known{1}{$key} = 'the key of its document';

my %after = map { my $id = $_;
                  ($id => crawl($tender, bid => $bid{$id}{id},
                                document => $document, key => $key)) }
            1, 3;
my $unknown = crawl($tender, bid => $none, document => $none);

same($unknown, $before, 'no answer has moved');
same($after{1}, $before, 'nor do those for a bid that there is differ');
same($after{3}, $before, 'nor for one that was withdrawn');
silent($_, [1 .. 4], 'and none has anything of a bid')
    for $unknown, values %after;
is(everything_public(), $public,
   'no list, index, event or clock has moved');

{
    my %apart = map { $_ => 1 } grep { /^\{b0\}:tender:$tender->{id}:/ }
                @{ $t->redis('KEYS', '*') };
    my $text = everything($t);
    my $key = '';
    my %holds;

    for (split /\n/, $text) {
        $key = $_ if /^\{(?:b0|g)\}:/;
        $holds{$key}++ if found($_, 1 .. 4);
    }

    delete $holds{$_} for keys %apart;
    is_deeply(\%holds, {}, 'the store has it among the bids alone');
}

unlike($c->get('/health/')->body, qr/bid/i, 'the health page knows no bids');
is_deeply([found($c->get('/health/')->head . $c->get('/health/')->body,
                 1 .. 4)], [], 'nothing of them');


# ----------------------------------------------------------- attempts to write

sub attempts {
    my ($bid_id, $document_id) = @_;

    my %answers;

    for my $role (qw(stranger buyer rival reader nobody auction)) {
        my ($at, $whose) = @{ $role{$role} };
        my $url = "$at/tenders/$tender->{id}/bidders/$bid_id";
        my %token = $whose ? ('X-Access-Token' => $token{$whose}) : ();

        for my $data ('{"totalValue":{"currency":"EUR"}}', '{"method":"x"}',
                      '{"totalValue":{"valueAddedTaxIncluded":false}}',
                      '{"features":[{"code":"a","enum":[{"value":0}]}]}',
                      '{"tenderPeriod":null}', '{"bids":[]}')
        {
            $answers{"$role: $_ a tender: $data"} = plain($c->$_(
                "$at/tenders/$tender->{id}", "{\"data\":$data}", \%token))
                for qw(patch put);
        }

        for my $more ({}, { 'If-Match' => '*' }, { 'If-Match' => '"x"' },
                      { 'If-None-Match' => '*' })
        {
            for my $case (
                [DELETE => $url],
                [PATCH => $url, '{"data":{}}'],
                [PATCH => $url, '{"data":{"status":"invalidBid"}}'],
                [PATCH => $url, '{"data":{"totalValue":null}}'],
                [PATCH => $url, '{"data":{"totalValue":{"amount":1}}}'],
                [PUT => $url, '{"data":{"totalValue":{"amount":1}}}'],
                [PUT => $url, '{"data":{}}'],
                [PATCH => $url, '{"data":{"x":1}}'],
                [PATCH => $url, '{"data":{"awardStatus":"active"}}'],
                [PATCH => $url, '{'],
                [POST => "$at/tenders/$tender->{id}/awards",
                 '{"data":{"bid_id":"' . $bid_id . '"}}'],
                [PATCH => "$at/tenders/$tender->{id}/auction",
                 '{"data":{"bids":[{"id":"' . $bid_id
                 . '","amount":1}]}}'],
                [PATCH => "$url/documents/$document_id",
                 '{"data":{"title":"x"}}'],
            ) {
                my ($method, $path, $body) = @$case;

                my $name = join ' ', $role, $method, $path, $body // '',
                           %$more;

                $name =~ s/$bid_id|$document_id/x/g;
                $answers{$name} = plain($c->request(
                    $method, $path, { %token, %$more }, $body));
            }
        }

        for my $case (["$url/documents", 'POST'],
                      ["$url/documents/$document_id", 'PUT'])
        {
            my ($path, $method) = @$case;

            $answers{"$role: $method a document"}
                = plain(upload($c, $path, 'x', method => $method,
                               $whose ? (token => $token{$whose}) : ()));
        }
    }

    return \%answers;
}

{
    my $store = everything($t);
    my $nothing = attempts($none, $none);

    cmp_ok(scalar keys %$nothing, '>', 200,
           scalar(keys %$nothing) . ' attempts');
    same($nothing, $tried, 'are answered as before there were bids');
    same(attempts($bid{1}{id}, $document), $nothing,
         'who may not write learns the same of any id');
    same(attempts($bid{3}{id}, $document), $nothing,
         'and of one that was withdrawn');
    silent($nothing, [1 .. 4], 'and nothing of any bid');
    is_deeply([grep { $nothing->{$_} =~ /^[23]/ } sort keys %$nothing],
              ['buyer: patch a tender: {"bids":[]}'],
              'all are refused, but for the one that changes nothing');
    is(without_clock(everything($t)), without_clock($store),
       'and nothing has changed');
}

sub without_clock { $_[0] =~ s/\{b0\}:clock\n\d+//r }


# who hands in a bid learns nothing of others

{
    my $r = $c->post("$tender->{url}/bidders",
                     '{"data":{"totalValue":{"amount":5}}}');

    is_deeply([found(plain($r), 1 .. 4)], [], 'another bid');
    is(join(' ', sort keys %{ $r->json }), 'access data receipt',
       'its answer is about itself');
    $bid{5} = created($r);
}

# its owner sees it, in every form, and nobody is to keep that

for my $query ('', 'opt_pretty=1', 'opt_sealed=1') {
    my $r = $c->get("$bid{1}{url}?$query",
                    { 'X-Access-Token' => $bid{1}{token} });

    is($r->status, 200, "its owner sees it: $query");
    cmp_ok(scalar found($r->body, 1), '>', 18, 'all of it');
    is($r->header('Cache-Control'), 'no-store', 'not to be kept');
}


# -------------------------------------------------------------------- logs

for my $log (qw(access_log kept_log)) {
    my $text = $t->$log;
    my %ids = map { $bid{$_}{id} => 1 } 1 .. 4;

    # an id is in the lines of those who have asked for it, and for no other
    $text =~ s/$bid{$_}{id}/x/g for 1, 2, 3;
    $text =~ s/$document|$key/x/g;

    is_deeply([found($text, 1 .. 4)], [], "nothing of it is in the $log");
}


# ------------------------------------------------------------ in the auction

sub end_now {
    my ($tender) = @_;

    my $key = "{b0}:tender:$tender->{id}";
    my @own = split / /, $t->redis('HGET', $key, 'own');
    my $now = now_us($t);

    $own[4] = $now;
    $t->redis('HSET', $key, 'own', join ' ', @own);
    $t->redis('ZADD', '{b0}:due', $now, $tender->{id});
}

is($c->delete("$bid{5}{url}?acc_token=$bid{5}{token}")->status, 200,
   'withdrawn again');
end_now($tender);

my $data = turned($t, $tender, 'active.auction', 'the end of tendering');

is($data->{numberOfBids}, 3, 'how many bids there are is told');
is(@{ $data->{bidHashes} || [] }, 3, 'and their hashes');
is($data->{bids}, undef, 'but no bid');
$etag = $c->get($tender->{url})->header('ETag');

{
    my $known = crawl($tender, bid => $bid{1}{id}, document => $document,
                      key => $key);
    my $unknown = crawl($tender, bid => $none, document => $none);

    # who runs the auction sees amounts, but not whose they are
    my $runs = qr/^(?:auction|admin|sandbox): \w+ \S+\/auction\?/;

    same($known, $unknown, 'during the auction ids make no difference');
    silent($_, [1 .. 4], 'no bid is seen', $runs) for $known, $unknown;

    my $view = $known->{'auction: GET /tenders/:tender_id/auction? '};

    is_deeply([sort(found($view, 1 .. 4))],
              ['bid 1: its amount', 'bid 1: its id', 'bid 2: its amount',
               'bid 2: its id', 'bid 4: its amount', 'bid 4: its id'],
              'the auction sees amounts and ids alone')
        or diag($view);
    like($view, qr/^Cache-Control: no-store$/m, 'not to be kept');

    my @more = grep { $_ !~ /its (?:amount|id)$/ }
               map { found($known->{$_}, 1 .. 4) }
               grep { $_ =~ $runs } keys %$known;

    is_deeply(\@more, [], 'in any form');

    my $nothing = attempts($none, $none);

    delete @$nothing{ grep { /^auction .*\/auction/ } keys %$nothing };

    my $tried = attempts($bid{1}{id}, $document);

    delete @$tried{ grep { /^auction .*\/auction/ } keys %$tried };
    same($tried, $nothing, 'nor for attempts to write');
    is_deeply([grep { $nothing->{$_} =~ /^[23]/ } sort keys %$nothing],
              ['buyer: patch a tender: {"bids":[]}'], 'but for that one');
}


# -------------------------------------------------------------------- opened

{
    my $view = $c->get("/auction/tenders/$tender->{id}/auction")->json->{data};
    my $r = $c->patch("/auction/tenders/$tender->{id}/auction",
                      { data => { bids => [map { { id => $_->{id},
                                                   amount => "$_->{amount}" } }
                                           @{ $view->{bids} }] } });

    is($r->status, 200, 'the auction reports') or diag($r->body);

    my $open = $c->get("/read/tenders/$tender->{id}")->body;
    my $list = $c->get("/read/tenders/$tender->{id}/bidders")->body;

    for my $n (1, 2, 4) {
        my $one = $c->get("/read/tenders/$tender->{id}/bidders/"
                          . $bid{$n}{id})->body;
        my @all = found($one, $n);

        cmp_ok(scalar @all, '>', 18, "bid $n is seen by all");
        is_deeply([sort(found($open, $n))], [sort @all], 'in the tender');
        is_deeply([sort(found($list, $n))], [sort @all], 'and in the list');
    }

    like($c->get("/read/tenders/$tender->{id}/bidders/$bid{1}{id}/documents/"
                 . "$document?download=$key")->body, qr/^(?:\w{32}\n){9}/,
         'its document, too');
    is_deeply([found($open . $list, 3)], [],
              'but not the one that was withdrawn');
    unlike($open . $list, qr/$bid{$_}{token}/, 'and no token') for 1 .. 4;
}


# ----------------------------------------------------------------- cancelled

for my $when (qw(tendering auction)) {
    my $over = issue($t, {}, path => '/own/tenders', from => -60,
                     till => 36_000);
    my @bids = map { offer($t, $over, bid_data("$when $_")) } 1, 2;

    $known{"$when 1"}{ $bids[0]{id} } = 'its id';
    $known{"$when 2"}{ $bids[1]{id} } = 'its id';
    $token{buyer} = $over->{token};
    $token{rival} = $bids[1]{token};

    if ($when eq 'auction') {
        end_now($over);
        turned($t, $over, 'active.auction');
    }

    is($c->patch($over->{url}, '{"data":{"status":"cancelled"}}',
                 { 'X-Access-Token' => $over->{token} })->status, 200,
       "cancelled before bids are opened, in $when");
    end_now($over) if $when eq 'tendering';
    $etag = $c->get($over->{url})->header('ETag');

    my $known = crawl($over, bid => $bids[0]{id}, document => $none);

    same(crawl($over, bid => $none, document => $none), $known,
         'ids make no difference');
    silent($known, ["$when 1", "$when 2"], 'its bids are never seen');
    refused($c->get("$over->{url}/bidders"), 403,
            [body => 'data', "Can't view bids in current (cancelled) tender "
                             . 'status'], 'so it is said');
    is($c->get("$bids[0]{url}?acc_token=$bids[0]{token}")->status, 200,
       'but by their owners');
    is(shown($over)->{bids}, undef, 'not in the tender');
    is(shown($over)->{numberOfBids}, $when eq 'auction' ? 2 : undef,
       'nor how many, unless it was told already');
}

sub shown { $c->get($_[0]{url})->json->{data} }

$t->finish;
done_testing;
