#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Documents of a tender: what is uploaded is listed, shown, described anew,
# gets versions, and is downloaded.

use strict;
use warnings;
use utf8;

use Digest::SHA qw(sha256_hex);
use Encode qw(encode_utf8);
use JSON::PP ();
use Test::More;

use lib 't/lib';
use Tender::Api;
use Tender::Document;
use Tender::Test;


my $t = Tender::Test->new(location => <<'END');
        client_max_body_size 8m;

        location /api/0.1/ {
            tender_api 0.1;
            tender_anonymous write;
            tender_ownership off;
        }
        location /few/ {
            tender_api 0.1;
            tender_anonymous write;
            tender_ownership off;
            tender_max_documents 3;
        }
END
my $c = $t->client;

my $DATE   = qr/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
my $NOBODY = 'f' x 32;
my $API    = '/api/0.1/tenders';

my $tender = publish($t, { method => 'Open' });
my $path   = "$API/$tender->{id}/documents";
my $host   = 'http://127.0.0.1:' . $t->port;


sub data  { $_[0]->json->{data} }
sub shown { $c->get("$API/$tender->{id}")->json->{data} }
sub missing { (404, [url => $_[0], 'Not Found']) }


# nothing there yet

is_deeply(data($c->get($path)), [], 'a tender without documents');
ok(!exists shown()->{documents}, 'which does not show any');

for (['GET', ''], ['GET', "/$NOBODY"], ['PATCH', "/$NOBODY"]) {
    my ($method, $end) = @$_;
    my $body = $method eq 'GET' ? undef : { data => {} };

    refused($c->request($method, "$API/$NOBODY/documents$end", {}, $body),
            missing('tender_id'), "$method$end: no such tender");
    refused($c->request($method, "$API/nothing/documents$end", {}, $body),
            missing('tender_id'), "$method$end: not even an id");
}

refused(upload($c, "$API/$NOBODY/documents", 'x'), missing('tender_id'),
        'POST: no such tender');
refused(upload($c, "$API/x/documents", 'x'), missing('tender_id'),
        'POST: not even an id');
refused(upload($c, "$path/$NOBODY", 'x', method => 'PUT'),
        missing('id'), 'PUT: no such document');
refused($c->get("$path/$NOBODY"), missing('id'),
        'GET: no such document');
refused($c->get("$path/$NOBODY?download=$NOBODY"), missing('id'),
        'download: no such document');
refused($c->get("$path/plan.pdf"), missing('id'),
        'GET: a document has an id');
refused($c->patch("$path/$NOBODY", { data => {} }), missing('id'),
        'PATCH: no such document');
is_deeply(files($t), {}, 'no file was kept of any of these');


# a file

my $before = shown()->{modified};
my $bytes  = bytes(600_000);
my $r      = upload($c, $path, $bytes, name => 'план.pdf' =~ s/(.*)/
                                       encode_utf8($1)/er,
                    type => 'application/pdf');
my $first  = data($r);

is($r->status, 201, 'a file is taken');
is($r->header('Location'), "$host$path/$first->{id}", 'it has an address');
like($first->{id}, qr/^[0-9a-f]{32}$/, 'its id');
like($first->{datePublished}, $DATE, 'a date');
is($first->{dateModified}, $first->{datePublished}, 'and the same one');
like($first->{url},
     qr{^\Q$host$path\E/\Q$first->{id}\E\?download=[0-9a-f]{32}$}, 'its url');
is_deeply({ map { $_ => $first->{$_} } qw(title format hash size) }, {
    title => 'план.pdf', format => 'application/pdf',
    hash => sha256_hex($bytes), size => 600_000,
}, 'what is known of it');
is(keys %$first, 8, 'and nothing else');
is($c->get(below($first->{url}))->body, $bytes, 'the bytes come back');
is_deeply([values %{ files($t) }], [-1], 'the file stays');

is_deeply(data($c->get("$path/$first->{id}")), $first, 'its record');
is_deeply(data($c->get($path)), [$first], 'the list');
is_deeply(shown()->{documents}, [$first], 'the tender shows it');
cmp_ok(shown()->{modified}, 'gt', $before, 'and has moved');
is_deeply((events($t))[-1], { op => 'document', id => $tender->{id}, rev => 1,
                              part => $first->{id} }, 'an event says so');
like($c->get("$path/$first->{id}?opt_pretty=1")->body,
     qr/^\{\n    "data": \{\n        "id": "/, 'it can be indented');
is($c->get("$path/$first->{id}?opt_jsonp=f")->body,
   '/**/f(' . $c->get("$path/$first->{id}")->body . ');', 'or called');
is($c->head("$path/$first->{id}")->status, 200, 'HEAD of the record');


# a second one; sizes around those of a chunk

my @sizes = (0, 1, 262_079, 262_080, 262_081, 524_160, 1_000_000);

for my $size (@sizes) {
    my $bytes = bytes($size);

    for my $how (\&upload, \&raw) {
        my $r = $how->($c, $path, $bytes, name => "$size.txt",
                       type => 'text/plain');

        is($r->status, 201, "$size bytes") or diag($r->body);
        is(data($r)->{hash}, sha256_hex($bytes), 'their hash');
        is(data($r)->{size}, $size, 'their number');

        my $got = $c->get(below(data($r)->{url}));

        ok($got->status == 200 && $got->body eq $bytes, 'they come back');
        is($got->header('Content-Length'), $size, 'with their length');
    }
}

my $list = data($c->get($path));

is(@$list, 1 + 2 * @sizes, 'all are listed');
is_deeply([map { $_->{dateModified} } @$list],
          [sort map { $_->{dateModified} } @$list], 'in order');
is_deeply($list, shown()->{documents}, 'the tender shows the same');


# a new version

$r = upload($c, "$path/$first->{id}", 'second', name => 'two.txt',
            type => 'text/plain', method => 'PUT');

my $second = data($r);

is($r->status, 200, 'a new version');
is($r->header('Location'), undef, 'it has no other address');
is($second->{id}, $first->{id}, 'the id stays');
is($second->{datePublished}, $first->{datePublished}, 'and the date');
cmp_ok($second->{dateModified}, 'gt', $first->{dateModified},
       'the other one moves');
isnt($second->{url}, $first->{url}, 'the url is a new one');
is_deeply({ map { $_ => $second->{$_} } qw(title format hash size) }, {
    title => 'two.txt', format => 'text/plain', hash => sha256_hex('second'),
    size => 6,
}, 'it is another file');

is_deeply(data($c->get("$path/$first->{id}")),
          { %$second, previousVersions => [$first] },
          'the record has the version before');
is(@{ data($c->get($path)) }, 1 + 2 * @sizes, 'the list has only the new one');
is_deeply(data($c->get($path))->[-1], $second, 'at its end');
is_deeply(shown()->{documents}[-1], $second, 'so has the tender');
is(@{ data($c->get("$path?all=1")) }, 2 + 2 * @sizes, 'or all versions');
is(@{ data($c->get("$path?all=")) }, 1 + 2 * @sizes, 'if they are asked for');
is($c->get(below($first->{url}))->body, $bytes, 'the old bytes are there');
is($c->get(below($second->{url}))->body, 'second', 'and the new ones');

refused($c->get("$path/$first->{id}?download=$NOBODY"), missing('download'),
        'another key');
refused($c->get("$path/$first->{id}?download="), missing('download'),
        'none');
refused($c->get("$path/$list->[1]{id}?download="
                . ($first->{url} =~ /(\w+)$/)[0]),
        missing('download'), 'the key of another document');


# a raw body without a name keeps the title

$r = raw($c, "$path/$first->{id}", "third\n", type => 'text/csv',
         method => 'PUT');
is($r->status, 200, 'a raw version');
is_deeply([@{ data($r) }{qw(title format size)}],
          ['two.txt', 'text/csv', 6], 'which keeps the title');

my $third = data($c->get("$path/$first->{id}"));

is_deeply([map { $_->{hash} } @{ $third->{previousVersions} }],
          [$first->{hash}, $second->{hash}], 'the oldest version is first');


# metadata

$r = $c->patch("$path/$first->{id}", { data => {
    title => 'Кошторис.pdf', description => 'a "quoted" text',
    documentType => 'billOfQuantity', language => 'uk',
    hash => 'x', size => 1, id => $NOBODY, url => 'http://example.com/',
    format => 'text/html', datePublished => '2001-01-01T00:00:00',
    previousVersions => [],
} });

my $patched = data($r);

is($r->status, 200, 'PATCH') or diag($r->body);
is_deeply({ %$third, title => 'Кошторис.pdf', documentType => 'billOfQuantity',
            description => 'a "quoted" text', language => 'uk',
            dateModified => $patched->{dateModified} },
          { %$patched, previousVersions => $third->{previousVersions} },
          'describes it, and changes nothing else');
cmp_ok($patched->{dateModified}, 'gt', $third->{dateModified},
       'the date moves');
is_deeply(data($c->get("$path/$first->{id}")),
          { %$patched, previousVersions => $third->{previousVersions} },
          'it is stored; the older versions are as they were');
like($c->get(below($patched->{url}))->header('Content-Disposition'),
     qr/filename\*=UTF-8''%D0%9A/, 'it is downloaded under its new title');

$r = $c->patch("$path/$first->{id}", { data => { language => undef } });
ok(!exists data($r)->{language}, 'null removes');

my $moved = shown()->{modified};

is_deeply(data($c->patch("$path/$first->{id}", { data => {} })), data($r),
          'nothing changes');
is(shown()->{modified}, $moved, 'nor does the tender');

$r = upload($c, "$path/$first->{id}", '4', method => 'PUT', name => '4');
is_deeply([@{ data($r) }{qw(title description documentType)}],
          ['4', 'a "quoted" text', 'billOfQuantity'],
          'a new version keeps what was said');

refused($c->patch("$path/$first->{id}", { data => { colour => 'red' } }), 422,
        [body => 'colour', 'Rogue field'], 'a field that there is not');
$r = $c->patch("$path/$first->{id}", { data => { documentType => 'x' } });
is($r->status, 422, 'a type that there is not');
like($r->json->{errors}[0]{description}[0],
     qr/^Value must be one of \['tenderNotice', /, 'those that there are');
refused($c->patch("$path/$first->{id}", ''), 422,
        [body => 'data', 'No JSON object could be decoded'], 'no JSON');
refused($c->request('PATCH', "$path/$first->{id}",
                    { 'Content-Type' => 'text/plain' }, 'x'), 415,
        [header => 'Content-Type', 'Content-Type header should be one of '
                                   . "['application/json']"],
        'another type');

$r = $c->patch("$path/$first->{id}",
               { data => { description => 'x' x 40_000 } });
refused($r, 422, [body => 'data', 'What is said about the document would be '
                                  . 'larger than 32768 bytes'],
        'too much is said');


# methods

for (['DELETE', $path, 'GET, HEAD, POST'], ['PUT', $path, 'GET, HEAD, POST'],
     ['POST', "$path/$first->{id}", 'GET, HEAD, PUT, PATCH'],
     ['DELETE', "$path/$first->{id}", 'GET, HEAD, PUT, PATCH'])
{
    my ($method, $url, $allow) = @$_;
    my $r = $c->request($method, $url, {}, 'x');

    is($r->status, 405, "$method $url");
    is_deeply([sort split /, /, $r->header('Allow')], [sort split /, /, $allow],
              'what is allowed');
}


# what is done is in the journal, with what was before

my @journal = @{ $t->redis('LRANGE', "{b0}:tender:$tender->{id}:journal", 0,
                           -1) };

is(@journal, 1 + 2 * @sizes + 5, 'a line for each change');
like($journal[-1], qr/^\d+ anonymous document $first->{id} \{"id":.*"quoted/,
     'with the record before it');
is($t->redis('LLEN', "{b0}:tender:$tender->{id}:revisions"), 0,
   'the tender has no new revision');


# as many as are taken

my $other = publish($t, {});
my $few   = "/few/tenders/$other->{id}/documents";
my @full  = (403, [body => 'data', 'Can\'t add document: there are as many as '
                                   . 'are taken here, older versions '
                                   . 'included']);

my ($id) = map { data($_)->{id} } map { upload($c, $few, "$_") } 1 .. 2;

is(upload($c, "$few/$id", '3', method => 'PUT')->status, 200, 'a version');
refused(upload($c, $few, '4'), @full, 'one more document');
refused(upload($c, "$few/$id", 'x' x 300_000, method => 'PUT'), @full,
        'one more version');
is($c->patch("$few/$id", { data => { title => 'x' } })->status, 200,
   'it may be described');
is(upload($c, "$API/$other->{id}/documents", '4')->status, 201,
   'another location takes more');
is_deeply([left($t)], [], 'no file is left of what was refused');


# many at a time: each version is there

my $race = data(upload($c, $path, '0'))->{id};
my @answers = $t->parallel(8, sub {
    my ($k) = @_;
    my $c = $t->client;

    return [map { upload($c, "$path/$race", "$k-$_", method => 'PUT')->status }
            1 .. 5];
});

is_deeply([map { @$_ } @answers], [(200) x 40], 'forty versions at a time');

my $raced = data($c->get("$path/$race"));

is(@{ $raced->{previousVersions} }, 40, 'all are there');
is(keys %{ { map { $_->{hash} => 1 } $raced,
                   @{ $raced->{previousVersions} } } }, 41, 'each once');
is_deeply([left($t)], [], 'no file is left');


# a damaged one

$t->allow_errors(qr/a record that this module did not write/);
$t->redis('HSET', "{b0}:tender:$other->{id}:documents", $NOBODY, 'x');
is($c->get("$API/$other->{id}/documents")->status, 500, 'a damaged record');
is($c->get("$API/$other->{id}/documents/$id")->status, 200, 'not this one');
$t->finish;


# more buckets: what belongs together is kept together

{
    my $t = Tender::Test->new(redis_args => 'buckets=8');

    for (1 .. 12) {
        my $id  = publish($t, {})->{id};
        my $tag = 'b' . hex(substr $id, 0, 7) % 8;
        my $r   = upload($t, "$API/$id/documents", 'x' x 300_000);

        is($r->status, 201, "bucket $tag");
        is($t->get(below(data($r)->{url}))->body, 'x' x 300_000, 'the bytes');
        is_deeply([grep { !/^\{$tag\}:/ } @{ $t->redis('KEYS', "*$id*") }], [],
                  'all of it is there');
    }

    $t->finish;
}

done_testing;
